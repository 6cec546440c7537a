package oracle

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// toldOf is what a person is told of: a rule, or all of them, of an occurrence.
type toldOf struct{ rule, occurrence, recipient string }

// toldOnce is one half of L12: nobody is told the same by two rows, whatever ids
// their record has or had. The same row may come twice, after it was unknown;
// and what a lost message may have said in between may have to be taken back:
// one that a server lost, or one of which nobody knew whether it was handed over.
func (c *checker) toldOnce(h History) {
	last := map[toldOf]telling{}
	var all []telling
	unknown := map[string]bool{} // nobody knew for a while whether it had come
	for _, r := range h.Rows {
		unknown[r.ID] = r.WasUnknown
	}
	for _, t := range tellings(h) {
		if t.row.Rule == pending || t.row.Rule == again || t.outcome != Accepted && t.outcome != Lost {
			continue
		}
		before, ever := t.previous(last)
		elsewhere := ever && before.row.Recipient != t.row.Recipient // of two that hold, one is told of changes
		both := ever && before.outcome == Accepted && t.outcome == Accepted
		if both && !t.otherwise(all, before) && !doubted(h, before, t) && !(elsewhere && isChange(t.row.Rule) && unknown[before.row.ID]) {
			c.again(before, t, all)
		}
		all = append(all, t)
		last[toldOf{t.row.Rule, t.row.Occurrence, t.row.Recipient}] = t
	}
}

// again holds a message against the one before it of the rule and the person. A
// page may have shown something else in between, or a message of another rule have
// said it.
func (c *checker) again(before, t telling, all []telling) {
	seen := shown(t.facts.Registration.Shown)
	change := isChange(t.row.Rule)
	page := seen.Newer(before.row.Told) && said(seen) != said(before.row.Told)
	switch {
	case before.row.ID == t.row.ID, said(before.row.Told) != said(t.row.Told), change && (page || t.overtaken(all, before)):
	case before.row.Recipient != t.row.Recipient:
		c.addf("L12", t.row, "told again what row %s had told under another id of the person", before.row.ID)
	case change:
		c.addf("L12", t.row, "told again what row %s had told", before.row.ID)
	}
}

// overtaken reports whether the person heard something else of the event since,
// such as a reminder after a change that reached nobody: it says that all is well.
func (t telling) overtaken(all []telling, before telling) bool {
	return slices.ContainsFunc(all, func(o telling) bool {
		theirs := o.row.Occurrence == t.row.Occurrence && o.row.Recipient == t.row.Recipient
		return theirs && o.row.Rule != surveying && o.row.Told.Newer(before.row.Told) && said(o.row.Told) != said(before.row.Told)
	})
}

// doubted reports whether a row of a round between the two said something else
// and was left, because nobody knew whether it had come. A worker that dies
// within a mark leaves two such rows, of which it may have handed over one.
func doubted(h History, before, t telling) bool {
	return slices.ContainsFunc(h.Rows, func(r notifications.Row) bool {
		theirs := r.Recipient == before.row.Recipient || r.Recipient == t.row.Recipient
		between := r.Rule == t.row.Rule && r.Occurrence == t.row.Occurrence && before.row.Round < r.Round && r.Round < t.row.Round
		return theirs && between && r.Left() && said(r.Told) != said(t.row.Told)
	})
}

// otherwise reports whether the person was told something else under another id
// since: only one of the two holds after a merge, and they have to hear which.
func (t telling) otherwise(all []telling, before telling) bool {
	if slices.ContainsFunc(t.facts.Others, func(r registration.Registration) bool {
		return "resident:"+r.Resident == before.row.Recipient && gaveUp(r)
	}) {
		return true
	}
	return slices.ContainsFunc(all, func(o telling) bool {
		_, id, _ := strings.Cut(o.row.Recipient, ":")
		return o.row.Occurrence == t.row.Occurrence && o.row.Recipient != before.row.Recipient && slices.Contains(t.facts.ids(), id) &&
			(o.at >= before.at-begunWithin || o.row.Told.Newer(before.row.Told)) && said(o.row.Told) != said(before.row.Told)
	})
}

// gaveUp reports whether the seat was given up, as a page or a message told, and
// not taken by a merge.
func gaveUp(r registration.Registration) bool {
	return r.State == registration.Cancelled && r.Reason != registration.ReasonMerged
}

// previous is what the person was told last by the rule, under any id that they
// had for as long as it takes to hand something over.
func (t telling) previous(last map[toldOf]telling) (telling, bool) {
	newest, ever := last[toldOf{t.row.Rule, t.row.Occurrence, t.row.Recipient}]
	for _, id := range t.facts.ids() {
		one, there := last[toldOf{t.row.Rule, t.row.Occurrence, "resident:" + id}]
		known := t.at > one.at+begunWithin && !slices.ContainsFunc(t.before, func(f Facts) bool { return !slices.Contains(f.ids(), id) })
		if there && known && (!ever || one.at > newest.at) {
			newest, ever = one, true
		}
	}
	return newest, ever
}

// toldAll is the other half: whoever was told something, and can be reached,
// was last told what is true at the end. The waitlist is included, and who was
// told by an announcement alone; whoever never confirmed is not.
func (c *checker) toldAll(h History) {
	last := map[toldOf]telling{}
	for _, t := range tellings(h) {
		if t.outcome == Accepted && t.row.Rule != pending && t.row.Rule != again && t.row.Rule != surveying {
			last[toldOf{occurrence: t.row.Occurrence, recipient: t.row.Recipient}] = t
		}
	}
	for _, f := range h.Facts {
		r, stranger := f.Registration, f.Registration.ID == ""
		t, ever := f.toldLast(h, last)
		// who only had news and wants no more gets no more, whatever other address there is
		if stranger && f.main().OptedOutAt != 0 {
			continue
		}
		if !ever || f.elsewhere() || !f.reachable() || !stranger && !r.Confirmed || f.refuse(notifications.Row{Key: notifications.Key{Rule: change}}) != "" {
			continue
		}
		own, _ := f.knows(last, f.recipient(), r)
		if got, want := said(t.told), f.now(); said(own.told) != want && !f.enough(got) && !c.accounted(h, f) {
			c.addf("L12", notifications.Row{Key: notifications.Key{
				Rule: change, Occurrence: f.Event.ID, Recipient: "resident:" + f.recipient(),
			}}, "last told %+v by row %s, and the facts are %+v, %s %s", got, t.row, want, r.State, r.Reason)
		}
	}
}

// elsewhere reports whether the person holds another registration of the event,
// under another id: that is the one that they are told of.
func (f Facts) elsewhere() bool {
	if f.Registration.ID == "" {
		return len(f.Others) > 0
	}
	return f.Registration.State == registration.Cancelled && slices.ContainsFunc(f.Others, func(r registration.Registration) bool {
		return r.State != registration.Cancelled
	})
}

// recipient is the id under which the person is told of the event.
func (f Facts) recipient() string { return cmp.Or(f.Registration.Resident, f.Resident.ID) }

// heard is something that the person knows.
type heard struct {
	at   notifications.Millis
	told notifications.Told
	row  string
}

// knows is what the person heard last of the event under one id, by a message or
// by a page, which may be all that they ever had: what answered their own act
// counts as told by itself, unless it only asked them to confirm. What was
// announced to them does not count once they have registered.
func (f Facts) knows(last map[toldOf]telling, id string, r registration.Registration) (heard, bool) {
	t, ever := last[toldOf{occurrence: f.Event.ID, recipient: "resident:" + id}]
	ever = ever && (t.row.Told.Seat == "none") == (r.ID == "")
	seen := shown(r.Shown)
	if r.ID != "" && seen.Ver > 0 && seen.Seat != "pending" && (!ever || seen.Newer(t.row.Told)) {
		return heard{notifications.Millis(r.ActedAt), seen, "(a page)"}, true
	}
	return heard{t.at, t.row.Told, t.row.ID}, ever
}

// toldLast is what the person heard last of the event, under any id that was
// known to be theirs while it mattered. Where staff found out when it was over,
// nobody is told any more, and it is enough to have heard what is true under one.
func (f Facts) toldLast(h History, last map[toldOf]telling) (heard, bool) {
	newest, ever := f.knows(last, f.recipient(), f.Registration)
	late := slices.ContainsFunc(h.Merges, func(m Merge) bool {
		return slices.Contains(f.ids(), m.Winner) && m.At >= notifications.Millis(f.Event.EndAt)
	})
	for _, r := range f.elsewheres() {
		one, there := f.knows(last, r.Resident, r)
		if gaveUp(r) && one.told.Seat == "cancelled" {
			continue // of that one it is true, and says nothing of this one
		}
		if there && (late && f.enough(said(one.told)) || !late && (!ever || one.at > newest.at)) {
			newest, ever = one, true
		}
	}
	return newest, ever
}

// elsewheres are the person's other registrations; of somebody who has none
// anywhere, each other id under which something may have been announced to them.
func (f Facts) elsewheres() []registration.Registration {
	all := f.Others
	if f.Registration.ID == "" && len(all) == 0 {
		for _, id := range f.ids() {
			all = append(all, registration.Registration{Resident: id})
		}
	}
	return all
}

// enough reports whether who was told so knows what matters.
func (f Facts) enough(told say) bool { return told == f.now() || f.noNews(told, f.now()) }

// noNews reports whether what differs is a seat that matters no more: at an
// event that is over, or cancelled as the person knows.
func (f Facts) noNews(told, now say) bool {
	if told.status == "cancelled" && now.status == "cancelled" {
		return true
	}
	seat := told
	seat.seat = now.seat
	over := f.Registration.State == registration.Attended || f.Registration.State == registration.NotRecorded
	return over && (told.seat == "cancelled" || seat == now)
}

// accounted reports whether a change row says what the facts are, and ended in a
// way that is no news: nobody knows whether it arrived, under whichever id; no
// server took it; or its time was over, or it was night until then, before the
// person could be reached, under whichever id of somebody who is registered under
// none.
func (c *checker) accounted(h History, f Facts) bool {
	for _, r := range h.Rows {
		_, id, _ := strings.Cut(r.Recipient, ":")
		if !isChange(r.Rule) || r.Occurrence != f.Event.ID || said(r.Told) != f.now() {
			continue
		}
		own, theirs := id == f.recipient(), slices.Contains(append(f.ids(), f.recipient()), id)
		if r.Left() && theirs || own && r.State == notifications.Dead {
			return true
		}
		if (own || theirs && f.Registration.ID == "") && (overdue(f, r) || h.slept(f, r)) {
			return true
		}
	}
	return false
}

// overdue reports whether a row's time was over, and the event.
func overdue(f Facts, r notifications.Row) bool {
	past := r.Reason == notifications.ReasonLate || r.Reason == notifications.ReasonNotReturned
	return r.State == notifications.Expired && past && r.EndedAt > r.Until && r.Until >= notifications.Millis(f.Event.EndAt)
}

// slept reports whether a row expired because people sleep, and did so all the
// time that it was of use since something decided that the person can be told.
func (h History) slept(f Facts, r notifications.Row) bool {
	quiet := r.State == notifications.Expired && r.Reason == notifications.ReasonQuiet && r.Until >= notifications.Millis(f.Event.EndAt)
	return quiet && h.free(min(max(r.Wish, h.settled(f)), r.EndedAt), r.Until, r.Unit, f.Event.Zone) == 0
}

// shown is what the person saw on a page, in answer to an act of their own.
func shown(s registration.Shown) notifications.Told {
	return notifications.Told{
		Status: s.Status, Seat: s.Seat, Zone: s.Zone, Place: s.Place,
		Start: notifications.Millis(s.Start), End: notifications.Millis(s.End),
		Ver: s.Ver, SeatVer: s.SeatVer, OfferUntil: notifications.Millis(s.OfferUntil),
	}
}
