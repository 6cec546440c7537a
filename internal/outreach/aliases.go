package outreach

import (
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Merged records of one person keep their ids, and so their rows and
// registrations. Who reads them reads the person's: consents and contacts of
// the record that lives on, and all that any of its ids was told.

// maxMerges bounds how far a merged record is followed.
const maxMerges = 16

// Merges brings together what merged records hold; the composition root has one.
type Merges interface {
	// FollowMerge finishes the merge of a record of either side and leaves one
	// live registration at each event; done is false where a seat is still to be
	// decided. It may be called again.
	FollowMerge(ctx context.Context, residentID string) (done bool, err error)
}

// allRows are all rows by which the person may have been told something.
func (p Person) allRows() []notifications.Row {
	if len(p.Others) == 0 {
		return p.Rows
	}
	return append(slices.Clip(p.Rows), p.Others...)
}

// ofThis are all rows by which the person may have been told something of this
// registration.
func (p Person) ofThis() []notifications.Row {
	return slices.DeleteFunc(slices.Clone(p.allRows()), func(r notifications.Row) bool { return slices.Contains(p.GivenUp, r.Recipient) })
}

// lastOther returns the row of the highest round of a rule under another id of
// the person.
func (p Person) lastOther(rule string) (notifications.Row, bool) {
	return Person{Rows: p.Others}.last(rule)
}

// follow puts the record that lives on in the place of each merged one.
func (s Stores) follow(ctx context.Context, ids []string, people map[string]*resident.Resident) error {
	for range maxMerges {
		var into []string
		for _, one := range ids {
			if who := people[one]; who != nil && who.MergedInto != "" {
				into = append(into, who.MergedInto)
			}
		}
		if len(into) == 0 {
			return nil
		}
		slices.Sort(into)
		found, err := s.Residents.Many(ctx, slices.Compact(into))
		if err != nil {
			return err
		}
		for _, one := range ids {
			who := people[one]
			if who == nil || who.MergedInto == "" {
				continue
			}
			people[one] = nil
			if at := slices.IndexFunc(found, func(r resident.Resident) bool { return r.ID == who.MergedInto }); at >= 0 {
				people[one] = &found[at]
			}
		}
	}
	return nil
}

// others are the ids of the person beside the recipient's own.
func (p Person) others() []string {
	own := ResidentOf(p.Recipient)
	if p.Resident.ID == "" || p.Resident.ID == own && len(p.Resident.Aliases) == 0 {
		return nil
	}
	all := append([]string{p.Resident.ID}, p.Resident.Aliases...)
	return slices.DeleteFunc(all, func(one string) bool { return one == own })
}

// addOthers reads what the people were told under other ids, and whether they
// hold a second registration. It asks nothing where nobody was merged.
func (s Stores) addOthers(ctx context.Context, f Facts, people []Person) error {
	var recipients, regs []string
	for _, p := range people {
		for _, one := range p.others() {
			recipients, regs = append(recipients, RecipientOf(one)), append(regs, id.Hash(f.Event.ID, one))
		}
	}
	if len(recipients) == 0 {
		return nil
	}
	rows, err := s.Ledger.BySubject(ctx, f.Event.Part, f.Event.ID, recipients)
	if err != nil {
		return err
	}
	found, err := s.Registrations.Many(ctx, f.Event.ID, regs)
	if err != nil {
		return err
	}
	by := rowsOf(rows)
	for i := range people {
		for _, one := range people[i].others() {
			people[i].add(f, one, by[RecipientOf(one)], found)
		}
	}
	return nil
}

// add takes in what was said under another id of the person, and what that one
// holds at the event; regs may be of other people too.
func (p *Person) add(f Facts, one string, rows []notifications.Row, regs []registration.Registration) {
	p.Others = append(p.Others, maybeHeard(confirming(rows, regs, one))...)
	p.OnPaper = append(p.OnPaper, onPaper(rows)...)
	at := slices.IndexFunc(regs, func(r registration.Registration) bool { return r.ID == id.Hash(f.Event.ID, one) })
	if at < 0 {
		return
	}
	p.Elsewhere = p.Elsewhere || p.stranger()
	other := regs[at]
	if other.Resident != one { // of somebody who was forgotten
		return
	}
	if gaveUp(other) {
		p.GivenUp = append(p.GivenUp, RecipientOf(one))
	}
	if holds(other) {
		p.Kept = p.Kept || gaveUp(p.Registration)
		if holds(p.Registration) {
			p.Double, p.Unsettled = true, true
		}
	}
}

// holds reports whether the registration is one of those that a person can
// have once only at an event.
func holds(r registration.Registration) bool {
	return r.State.Live() || r.State == registration.Unsettled
}

// confirming leaves out confirmations of a registration that the person gave up:
// who registers again under the id that lives on is confirmed anew.
func confirming(rows []notifications.Row, regs []registration.Registration, residentID string) []notifications.Row {
	gave := slices.ContainsFunc(regs, func(r registration.Registration) bool { return r.Resident == residentID && gaveUp(r) })
	return slices.DeleteFunc(slices.Clone(rows), func(r notifications.Row) bool { return gave && r.Rule == RuleConfirmation })
}

// gaveUp reports whether the registration was cancelled, other than by a merge.
func gaveUp(r registration.Registration) bool {
	return r.State == registration.Cancelled && r.Reason != registration.ReasonMerged
}

// maybeHeard leaves out rows that nobody was sent.
func maybeHeard(rows []notifications.Row) []notifications.Row {
	return slices.DeleteFunc(slices.Clone(rows), func(r notifications.Row) bool {
		return !r.HandedOver() && r.State != notifications.Sending && r.State != notifications.Unknown
	})
}

// onPaper are those of the rows that somebody is about to be called for.
func onPaper(rows []notifications.Row) []notifications.Row {
	return slices.DeleteFunc(slices.Clone(rows), func(r notifications.Row) bool { return r.State != notifications.Printed })
}

// called reports whether another line says the same to the person already, under
// another of their ids.
func (p Person) called(row notifications.Row) bool {
	return row.State != notifications.Printed && slices.ContainsFunc(p.OnPaper, func(o notifications.Row) bool {
		return o.Rule == row.Rule && o.Channel == row.Channel && o.Told.Same(row.Told)
	})
}

// callOnce leaves one line of those that would say the same to one person under
// several ids; the others wait for what comes of it.
func callOnce(now notifications.Millis, fresh []envelope, out []notifications.Verdict) {
	type line struct{ resident, event, rule string }
	said := map[line]bool{}
	for _, m := range fresh {
		l := m.lead()
		key := line{l.person.Resident.ID, l.row.Occurrence, l.row.Rule}
		if len(l.person.others()) == 0 || out[l.at].Do != notifications.DoSend {
			continue
		}
		if said[key] {
			out[l.at] = later(l.row, now+deferFacts, notifications.ReasonOtherSending)
		}
		said[key] = true
	}
}

// single has second registrations of one person cancelled, whose records were
// merged after both had come.
func (p *Planner) single(ctx context.Context, people []Person) error {
	for _, one := range people {
		if !one.Double {
			continue
		}
		if _, err := p.stores.Merges.FollowMerge(ctx, one.Resident.ID); err != nil {
			return err
		}
	}
	return nil
}
