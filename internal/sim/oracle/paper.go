package oracle

import (
	"cmp"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// Print is one row that was put on a sheet, with what the store said then.
type Print struct {
	At notifications.Millis
	// Row is as the print left it.
	Row    notifications.Row
	Facts  Facts
	Before []Facts
}

// Call is what came of one line, as somebody entered it.
type Call struct {
	At notifications.Millis
	// Row and Gen are the line's, as they were printed.
	Row     string
	Gen     int64
	Outcome paper.Outcome
	// Counted is whether the entry was taken, and not taken back since.
	Counted bool
	// Facts are what the store said when it was entered.
	Facts Facts
}

// Refusal is a time in which a contact is to be left alone, because its holder
// said so, or a caller found that it is not theirs. To is 0 for one without end.
type Refusal struct {
	Contact  string
	From, To notifications.Millis
	// Rule is the one that says so: L4 of who refused, L8 of a wrong number.
	Rule string
}

// printed holds what was put on a sheet to L3 to L7: what is printed is true,
// allowed and due, as what is mailed is.
func (c *checker) printed(h History, p Print) {
	if p.Row.State != notifications.Printed {
		c.addf("L3", p.Row, "printed while it was %s", p.Row.State)
	}
	if p.At < p.Row.Wish || p.Row.Until == 0 || p.At > p.Row.Until {
		c.addf("L6", p.Row, "printed at %d, wished for %d, useful until %d", p.At, p.Row.Wish, p.Row.Until)
	}
	c.callable(p)
	c.unheld(h, p.At, p.Row, "")
	c.left(h, p.At, p.Row, p.Row.Contact)
	now := &checker{}
	now.printsTrue(p, p.Facts)
	for _, f := range mixed(append([]Facts{p.Facts}, p.Before...)) {
		then := &checker{}
		if then.printsTrue(p, f); len(then.found) == 0 {
			return
		}
	}
	c.found = append(c.found, now.found...)
}

// callable is L5 on paper: nobody is to be called at night.
func (c *checker) callable(p Print) {
	wish, now := HandOver{At: p.Row.Wish}, HandOver{At: p.At} // a row that was urgent may keep its wish
	zone := p.Facts.Event.Zone
	near := notifications.Millis(p.Facts.Event.StartAt) - p.At
	if told := p.Row.Told.Start; told != 0 {
		near = min(near, told-p.At)
	}
	if p.Row.Class == notifications.Normal && !within(wish, zone, callFrom, callTo) && !within(now, zone, callFrom, callTo) {
		c.addf("L5", p.Row, "to be called from %d on, at night", p.Row.Wish)
	}
	if p.Row.Class == notifications.Urgent && near >= 18*anHour && !isChange(p.Row.Rule) {
		c.addf("L5", p.Row, "urgent on paper, %d ms before the start", near)
	}
}

// printsTrue holds a line to the facts of one moment.
func (c *checker) printsTrue(p Print, f Facts) {
	phone := f.reach(contact.Phone, p.Row.Rule)
	optional := p.Row.Rule != confirmation && !isChange(p.Row.Rule)
	switch {
	case !f.there(), phone.ID != p.Row.Contact, p.Row.Contact == "" && f.refused(), optional && f.main().OptedOutAt != 0:
		c.addf("L4", p.Row, "printed for somebody who may not be reached so")
		return
	}
	c.saysTrue(p.At, p.Row, f)
}

// left is that whoever wants to be left alone is.
func (c *checker) left(h History, at notifications.Millis, row notifications.Row, to string) {
	for _, r := range h.Refusals {
		if to != "" && r.Contact == to && at > r.From+begunWithin && (r.To == 0 || at < r.To) {
			c.addf(r.Rule, row, "sent to a contact that was to be left alone since %d", r.From)
		}
	}
}

// line is a row as it was printed.
type line struct {
	row string
	gen int64
}

func lines(h History) map[line]Print {
	printed := map[line]Print{}
	for _, p := range h.Prints {
		printed[line{p.Row.ID, p.Row.Gen}] = p
	}
	return printed
}

// reached are the rows that a call brought, as they were printed.
func (c *checker) reached(h History) map[string]Print {
	printed, got := lines(h), map[string]Print{}
	for _, call := range h.Calls {
		p, there := printed[line{call.Row, call.Gen}]
		switch {
		case !call.Counted || call.Outcome != paper.Reached:
		case !there:
			c.addf("L3", notifications.Row{ID: call.Row}, "reached by a line that nobody printed")
		default:
			got[call.Row] = p
		}
	}
	return got
}

// onPaper is L2 of rows that somebody reached: sent, and as it was read out to
// them. A result of a line that is another by now does not count.
func (c *checker) onPaper(r notifications.Row, p Print) {
	switch {
	case r.State != notifications.Sent:
		c.addf("L2", r, "somebody was reached, and it is %s (%s)", r.State, r.Reason)
	case said(r.Told) != said(p.Row.Told):
		c.addf("L3", r, "sent as %+v, and read out as %+v", said(r.Told), said(p.Row.Told))
	case r.Recipient != "" && r.Gen != p.Row.Gen+1:
		c.addf("L3", r, "reached by a line of generation %d, and sent with %d", p.Row.Gen, r.Gen)
	}
}

// telling is one message that somebody received, or may have.
type telling struct {
	at      notifications.Millis
	row     notifications.Row
	facts   Facts
	before  []Facts
	outcome Outcome
}

// tellings are all messages in the order in which they came, by mail and by word
// of mouth.
func tellings(h History) []telling {
	var all []telling
	for _, o := range h.HandOvers {
		all = append(all, telling{o.At, o.Row, o.Facts, o.Before, o.Outcome})
	}
	printed := lines(h)
	for _, call := range h.Calls {
		p, there := printed[line{call.Row, call.Gen}]
		if there && call.Counted && call.Outcome == paper.Reached {
			all = append(all, telling{call.At, p.Row, call.Facts, append(p.Before, p.Facts), Accepted})
		}
	}
	slices.SortStableFunc(all, func(a, b telling) int { return cmp.Compare(a.at, b.at) })
	return all
}
