package outreach

import (
	"cmp"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// draft collects what one page of recipients needs written.
type draft struct {
	now     notifications.Millis
	inserts []notifications.Row
	changes []notifications.Change
	// keep names recipients whose fact stays dirty.
	keep map[string]bool
	done Planned
}

func newDraft(now notifications.Millis) *draft {
	return &draft{now: now, keep: map[string]bool{}}
}

func (d *draft) keepDirty(recipient string) {
	if !d.keep[recipient] {
		d.keep[recipient] = true
		d.done.Kept++
	}
}

func partOf(eventID string) int { return id.Part(eventID) }

// plan compares what every rule wants for the person with the rows there are.
func (d *draft) plan(f Facts, p Person, rules []Rule) {
	if p.Unsettled {
		d.keepDirty(p.Recipient)
		return
	}
	known := make(map[string]bool, len(rules))
	for _, rule := range rules {
		known[rule.ID] = true
		d.planRule(rule, f, p)
	}
	for _, row := range p.Rows {
		switch {
		case !known[row.Rule]:
			d.withdraw(row, f, p)
		case row.State == notifications.Printed:
			d.overtaken(row, f, p)
		}
	}
}

func (d *draft) planRule(rule Rule, f Facts, p Person) {
	want := When(rule, f, p, d.now)
	last, found := p.last(rule.ID)
	other, elsewhere := p.lastOther(rule.ID)
	if !found && elsewhere {
		d.afterOther(rule, f, p, want, other)
		return
	}
	if !found {
		// rows of the erased have lost their recipient and are not found here
		if want.Covered && want.Reason != notifications.ReasonErased {
			d.insert(rule, f, p, want, 0)
		}
		return
	}
	want = d.once(rule, p, want, last, elsewhere)
	switch {
	case last.State == notifications.Sending || last.State == notifications.Unknown && !last.Left():
		// a verdict on facts of before may still be on its way to the row
		if last.State == notifications.Sending && outdated(f, p, want, last) || !last.Told.Same(want.Told) {
			d.keepDirty(p.Recipient)
		}
	case last.State == notifications.Printed:
		d.reprint(rule, f, p, want, last)
	case last.Final():
		d.again(rule, f, p, want, last)
	case last.WasUnknown:
		if !want.Wanted() || !last.Told.Same(want.Told) || d.now > last.Until {
			d.leave(last)
			d.keepDirty(p.Recipient)
		}
	default:
		d.rewrite(rule, f, p, want, last)
	}
}

// once drops what the person was told already by an earlier round, or under
// another id.
func (d *draft) once(rule Rule, p Person, want Want, last notifications.Row, elsewhere bool) Want {
	again := want.Wanted() && (last.Round > 0 || elsewhere) && !d.mayRepeat(rule, p, want, last)
	late := want.State == notifications.Expired && last.Reason == notifications.ReasonAlreadyTold // which says more
	if again || late && p.saidBefore(last, want.Told) {
		return want.suppress(notifications.ReasonAlreadyTold)
	}
	return want
}

// outdated reports whether what is being handed over was planned from facts of
// before. Of who has no registration, no basis tells that the person changed.
func outdated(f Facts, p Person, want Want, last notifications.Row) bool {
	same := want.Wanted() && last.Channel == want.Channel && last.Contact == want.Contact.ID
	return last.Basis.Older(f.Basis(p)) || p.stranger() && !same
}

// mayRepeat reports whether a reminder of a later round is wanted: only while
// the facts differ from the newest Told of this rule, and with half a day to go.
func (d *draft) mayRepeat(rule Rule, p Person, want Want, last notifications.Row) bool {
	if onlyTheirs(rule.ID) || IsChange(rule.ID) {
		return true // they are wanted only while there is something to say
	}
	return !p.saidBefore(last, want.Told) && want.Wish > d.now+repeatAfter
}

// saidBefore reports whether the newest that the person had by the row's rule, of
// a round before it or under another id, says the facts.
func (p Person) saidBefore(row notifications.Row, facts notifications.Told) bool {
	all := p.allRows()
	return slices.ContainsFunc(all, func(r notifications.Row) bool {
		before := r.Round < row.Round || r.Recipient != p.Recipient
		return r.Rule == row.Rule && before && r.HandedOver() && latest(all, row.Rule, r) && r.Told.Same(facts)
	})
}

// latest reports whether the row's Told is the newest of its rule.
func latest(rows []notifications.Row, rule string, row notifications.Row) bool {
	for _, r := range rows {
		if r.Rule == rule && r.HandedOver() && hearingOf(r).newer(hearingOf(row)) {
			return false
		}
	}
	return true
}

// afterOther plans a rule by which the person has a row under another id only:
// that one counts as the round before.
func (d *draft) afterOther(rule Rule, f Facts, p Person, want Want, other notifications.Row) {
	if !other.Final() {
		d.keepDirty(p.Recipient) // whether it arrived is not known yet
		return
	}
	d.again(rule, f, p, want, other)
}

// again plans the next round after a row that was handed over, when there is
// reason to.
func (d *draft) again(rule Rule, f Facts, p Person, want Want, last notifications.Row) {
	if (want.Wanted() || IsChange(rule.ID) && want.unsaid()) && d.repeats(rule, want, last) {
		d.insert(rule, f, p, want, last.Round+1)
	}
}

// unsaid reports whether there is something to say to somebody who is still
// there, though it may not be sent: its row says why, and holds up no other.
func (w Want) unsaid() bool {
	switch w.Reason {
	case notifications.ReasonNothingNew, notifications.ReasonErased, notifications.ReasonMerged:
		return false
	}
	return w.Covered && !w.Wanted()
}

// repeats reports whether a rule speaks again: when the facts have moved since,
// or a page showed the person something else in between; when a change reached
// nobody and the reach is another now; when a new form asks to confirm, or for the link, anew.
func (d *draft) repeats(rule Rule, want Want, last notifications.Row) bool {
	moved := !last.Told.Same(want.Told)
	switch {
	case IsChange(rule.ID) && !moved && last.State == notifications.Dead:
		return want.Wanted() && (last.Contact != want.Contact.ID || last.Channel != want.Channel)
	case IsChange(rule.ID):
		return true
	case onlyTheirs(rule.ID):
		return want.Wish > last.Wish
	}
	// whoever was told of the event by an announcement is told of its move
	return rule.Reminder != nil && !rule.announces() && moved && want.Wish > d.now+repeatAfter
}

func (d *draft) insert(rule Rule, f Facts, p Person, want Want, round int) {
	row := notifications.Row{
		Part: f.Event.Part,
		Key:  notifications.Key{Rule: rule.ID, Occurrence: f.Event.ID, Recipient: p.Recipient, Round: round},
		Unit: f.Event.Unit, Resend: rule.Resend, Budget: rule.Budgeted(),
	}
	row.ID = row.Key.ID()
	d.inserts = append(d.inserts, d.fill(row, f, p, want))
}

// inDueOrder sorts new rows as they will be handed over: a store that keeps
// them as they come then finds those of one mark side by side.
func (d *draft) inDueOrder() {
	slices.SortFunc(d.inserts, func(a, b notifications.Row) int {
		return cmp.Or(cmp.Compare(a.State, b.State), cmp.Compare(a.Due, b.Due), cmp.Compare(a.Group, b.Group), cmp.Compare(a.ID, b.ID))
	})
}

// fill writes what the facts say into a row that nobody has handed over.
func (d *draft) fill(row notifications.Row, f Facts, p Person, want Want) notifications.Row {
	row.State, row.Reason = want.State, want.Reason
	row.Wish, row.Until = want.Wish, want.Until
	row.Due = max(row.Wish, row.NotBefore)
	row.Lane = want.Lane()
	row.Basis = f.Basis(p)
	row.Told = want.Told
	row.Contact, row.MainContact = want.Contact.ID, p.Main().ID
	row.Group = groupOf(f, p, row)
	row.EndedAt = 0
	if row.State != notifications.Planned {
		row.EndedAt = d.now
	}
	return row
}

// rewrite brings a planned, suppressed or expired row in line with the facts.
func (d *draft) rewrite(rule Rule, f Facts, p Person, want Want, last notifications.Row) {
	if !want.Covered {
		want = want.suppress(notifications.ReasonNotRegistered)
		want.Covered, want.Told = true, last.Told
		want.Wish, want.Until = last.Wish, last.Until
		want.Channel, want.Contact = last.Channel, p.Main()
	}
	spent := last.Reason == notifications.ReasonBudget || last.Reason == notifications.ReasonContactBudget // that it is late now, too, says less
	if last.State != notifications.Planned && onlyDecideKnows(last.Reason) && (want.Wanted() || spent) && !reopens(want, last) {
		return
	}
	next := d.fill(last, f, p, want)
	next.Resend, next.Budget = rule.Resend, rule.Budgeted()
	if last.State == notifications.Expired && next.Reason == notifications.ReasonLate {
		next.Reason = last.Reason // it is late by now, and that is not why it expired
	}
	if last.State == next.State && last.State != notifications.Planned && last.Reason == next.Reason {
		next.EndedAt = last.EndedAt
		if last.State == notifications.Expired {
			next.Until = last.Until // it ended by what was known then
		}
	}
	if next.State == notifications.Planned && last.State == notifications.Planned {
		next.Reason = last.Reason // why the dispatcher made it wait
	}
	if last == next {
		return
	}
	d.changes = append(d.changes, notifications.Change{SeenGen: last.Gen, SeenState: last.State, Row: next})
}

// onlyDecideKnows says which reasons a verdict of When cannot give.
func onlyDecideKnows(r notifications.Reason) bool {
	switch r {
	case notifications.ReasonContactBudget, notifications.ReasonBudget, notifications.ReasonAnswered, notifications.ReasonNotReturned:
		return true
	}
	return false
}

// reopens reports whether something that Decide's verdict rested on has changed.
func reopens(want Want, last notifications.Row) bool {
	return !last.Told.Same(want.Told) || last.Wish != want.Wish ||
		last.Contact != want.Contact.ID || last.Channel != want.Channel
}

// reprint takes a line back that is on paper, where it is no longer true or no
// longer wanted: a new line, or none. Quiet hours and that it is late by now are no
// reason while it is true, since somebody holds it in hand; a line that nobody
// returned in time expires.
func (d *draft) reprint(rule Rule, f Facts, p Person, want Want, last notifications.Row) {
	same := want.same(last)
	switch {
	case last.WasUnknown && (d.now > last.Until || !want.Wanted() && want.State != notifications.Expired || !same):
		d.leave(last) // an earlier sheet may have said it: it is never rewritten
		d.keepDirty(p.Recipient)
		return
	case d.now > last.Until:
		want = asPlanned(last).expire(notifications.ReasonNotReturned)
	case same && (want.Wanted() || want.State == notifications.Expired):
		return
	}
	d.rewrite(rule, f, p, want, last)
}

// withdraw ends rows whose rule holds no more. One that is being handed over is
// looked at again when that has ended.
func (d *draft) withdraw(row notifications.Row, f Facts, p Person) {
	switch {
	case row.State == notifications.Sending || row.State == notifications.Unknown && !row.Left():
		d.keepDirty(p.Recipient)
		return
	case row.Final() || row.State != notifications.Planned && row.Reason == notifications.ReasonRuleRemoved:
		return
	case row.WasUnknown:
		d.leave(row)
		return
	}
	next := d.fill(row, f, p, asPlanned(row).suppress(notifications.ReasonRuleRemoved))
	d.changes = append(d.changes, notifications.Change{SeenGen: row.Gen, SeenState: row.State, Row: next})
}

// overtaken ends a line on paper of which somebody took the result back when the
// next round was there: that one says what is so.
func (d *draft) overtaken(row notifications.Row, f Facts, p Person) {
	switch last, _ := p.last(row.Rule); {
	case last.Round == row.Round:
		return
	case row.WasUnknown:
		d.leave(row)
		return
	}
	next := d.fill(row, f, p, asPlanned(row).expire(notifications.ReasonNotReturned))
	d.changes = append(d.changes, notifications.Change{SeenGen: row.Gen, SeenState: row.State, Row: next})
}

// asPlanned is what a row was planned for.
func asPlanned(row notifications.Row) Want {
	return Want{
		Covered: true, Wish: row.Wish, Until: row.Until, Class: row.Class, Channel: row.Channel,
		Contact: contact.Contact{Head: record.Head{ID: row.Contact}}, Told: row.Told,
	}
}

// leave ends a row that was once unknown: it is never rewritten.
func (d *draft) leave(row notifications.Row) {
	next := row
	next.State, next.Reason, next.EndedAt = notifications.Unknown, notifications.ReasonLeft, d.now
	d.changes = append(d.changes, notifications.Change{SeenGen: row.Gen, SeenState: row.State, Row: next})
}
