package outreach

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Deferrals. A change waits less than what waits for it, so that the two
// cannot keep each other waiting.
const (
	deferFacts     = notifications.Millis(time.Minute / time.Millisecond)
	deferChange    = notifications.Millis(5 * time.Second / time.Millisecond)
	deferUnsettled = notifications.Millis(5 * time.Second / time.Millisecond)
)

// Mailbox is what Decide needs of contacts.
type Mailbox interface {
	// Plain unseals the address.
	Plain(ctx context.Context, c contact.Contact) (string, error)
	// AllowFixed takes the contact's one fixed mail of the day for the row, and
	// reports whether it has it. Beside says that it need not wait for the next
	// day where another row has it: of such a few go on one day.
	AllowFixed(ctx context.Context, contactID, row string, beside bool) (bool, error)
	// Refused tells of a permanent refusal.
	Refused(ctx context.Context, contactID string) error
	// OptOutToken is the token of the contact's opt-out link.
	OptOutToken(ctx context.Context, c contact.Contact) (string, error)
}

// Inviter makes survey codes at the hand-over.
type Inviter interface {
	Invite(ctx context.Context, eventID string) (code string, err error)
}

// Source is the notifications.Source of Sunday: it reads the facts of marked
// rows again and makes their mails.
type Source struct {
	stores  Stores
	mailbox Mailbox
	inviter Inviter
	writer  *Writer
	rules   map[string]Rule
}

var _ notifications.Source = (*Source)(nil)

// NewSource returns a source over the stores.
func NewSource(s Stores, m Mailbox, i Inviter, w *Writer) *Source {
	s = s.withChannels()
	rules := make(map[string]Rule)
	for _, r := range builtIn(s.Channels) {
		rules[r.ID] = r
	}
	return &Source{stores: s, mailbox: m, inviter: i, writer: w, rules: rules}
}

// Decide returns a verdict for each row, in their order. It reads each event
// of the batch once, with the registrations, people and contacts concerned.
func (s *Source) Decide(ctx context.Context, now notifications.Millis, rows []notifications.Row) ([]notifications.Verdict, error) {
	verdicts := make([]notifications.Verdict, len(rows))
	letters := make([]letter, 0, len(rows))
	for _, group := range byOccurrence(rows) {
		err := s.eachOf(ctx, rows, group, func(i int, c *concerned) (err error) {
			if c == nil {
				verdicts[i] = end(rows[i], notifications.DoSuppress, notifications.ReasonErased)
				return nil
			}
			verdicts[i], err = s.decide(ctx, now, c, rows[i], func(_ context.Context, _ notifications.Millis, c *concerned, want Want, row notifications.Row) (notifications.Verdict, error) {
				letters = append(letters, letter{at: i, row: row, concerned: c, want: want})
				return notifications.Verdict{RowID: row.ID, Do: notifications.DoSend}, nil
			})
			return err
		})
		if err != nil {
			return nil, away(err)
		}
	}
	slices.SortFunc(letters, func(a, b letter) int { return cmp.Compare(a.at, b.at) })
	if err := s.post(ctx, now, rows, letters, verdicts); err != nil {
		return nil, away(err)
	}
	return verdicts, nil
}

// post joins what may go out into mails, drops those that are too many for
// their persons, and writes the others.
func (s *Source) post(ctx context.Context, now notifications.Millis, rows []notifications.Row, letters []letter, out []notifications.Verdict) error {
	letters, err := s.keepSets(ctx, now, rows, letters, out)
	if err != nil {
		return err
	}
	going, err := s.afford(ctx, now, rows, mails(letters), out)
	if err != nil {
		return err
	}
	for _, m := range going {
		if err := s.send(ctx, now, m, out); err != nil {
			return err
		}
	}
	return nil
}

// away adds the dispatcher's sentinel to an outage: it asks for no row alone then.
func away(err error) error {
	if errors.Is(err, record.ErrAway) && !errors.Is(err, notifications.ErrUnavailable) {
		return fmt.Errorf("%w: %w", notifications.ErrUnavailable, err)
	}
	return err
}

// byOccurrence returns the indexes of rows of one occurrence each, in order of
// their first appearance.
func byOccurrence(rows []notifications.Row) [][]int {
	place := make(map[string]int)
	var groups [][]int
	for i, r := range rows {
		g, ok := place[r.Occurrence]
		if !ok {
			g = len(groups)
			place[r.Occurrence] = g
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// concerned is what one row is rechecked with; the facts are shared by all rows
// of an event.
type concerned struct {
	facts  *Facts
	person *Person
	rule   Rule
}

// eachOf reads the facts of the rows of one event and calls do for each of
// them, with nil where the event is gone.
func (s *Source) eachOf(ctx context.Context, rows []notifications.Row, group []int, do func(i int, c *concerned) error) error {
	eventID := rows[group[0]].Occurrence
	recipients := make([]string, len(group))
	for i, g := range group {
		recipients[i] = rows[g].Recipient
	}
	facts, err := s.stores.factsFor(ctx, eventID, rows, group)
	if errors.Is(err, record.ErrAbsent) {
		for _, g := range group {
			if err := do(g, nil); err != nil {
				return err
			}
		}
		return nil
	}
	if err != nil {
		return err
	}
	people, err := s.stores.persons(ctx, facts, recipients, nil)
	if err != nil {
		return err
	}
	if err := s.addRows(ctx, facts, people, rows, group); err != nil {
		return err
	}
	rules, err := s.rulesOf(ctx, facts, people, rows, group)
	if err != nil {
		return err
	}
	all := make([]concerned, len(group))
	for i, g := range group {
		all[i] = concerned{&facts, &people[i], rules[i]}
		if err := do(g, &all[i]); err != nil {
			return err
		}
	}
	return nil
}

// addRows reads the other rows of the people, where there can be any that
// matter: an event that was never edited, with everybody in the seat that they
// were shown, has no change to tell of.
func (s *Source) addRows(ctx context.Context, f Facts, people []Person, rows []notifications.Row, group []int) error {
	var ask []string
	for i, g := range group {
		if rows[g].Rule == RulePending {
			continue
		}
		p := people[i]
		quiet := f.Event.LastEditAt == 0 && f.Event.State != event.Cancelled && f.Event.State != event.Postponed
		asks := rows[g].Rule == RuleSurvey // when it is over, a seat is no news
		if !IsChange(rows[g].Rule) && quiet && len(p.Others) == 0 && (asks || settledSeat(f, p)) {
			continue
		}
		ask = append(ask, p.Recipient)
	}
	if len(ask) == 0 {
		return nil
	}
	found, err := s.stores.Ledger.BySubject(ctx, f.Event.Part, f.Event.ID, ask)
	if err != nil {
		return err
	}
	by := rowsOf(found)
	for i := range people {
		people[i].Rows = by[people[i].Recipient]
	}
	return nil
}

// settledSeat reports whether the person cannot have been told of another seat
// since the registration was made, or last shown.
func settledSeat(f Facts, p Person) bool {
	s := p.Registration.Shown
	if p.stranger() {
		return true
	}
	if p.Registration.PlanVer > max(s.SeatVer, 1) {
		return false
	}
	if s.Ver == 0 {
		return !f.Event.HasRoll
	}
	return shown(s).Same(Told(f.Event, p.Registration))
}

// handing makes what is handed over of a row that passed the recheck.
type handing func(ctx context.Context, now notifications.Millis, c *concerned, want Want, row notifications.Row) (notifications.Verdict, error)

// decide is the recheck of one row.
func (s *Source) decide(ctx context.Context, now notifications.Millis, c *concerned, row notifications.Row, hand handing) (notifications.Verdict, error) {
	f, p := *c.facts, *c.person
	if p.Double { // the planner sees to it
		return later(row, now+deferUnsettled, notifications.ReasonUnsettled), s.lookAgain(ctx, f, p)
	}
	if p.Unsettled {
		return later(row, now+deferUnsettled, notifications.ReasonUnsettled), nil
	}
	if !row.WasUnknown && row.Basis != f.Basis(p) {
		return later(row, now+deferFacts, notifications.ReasonFactsMoved), s.lookAgain(ctx, f, p)
	}
	want := When(c.rule, f, p, now)
	elsewhere := want.Channel != row.Channel || want.Contact.ID != row.Contact
	switch {
	case row.WasUnknown && (!want.Wanted() || elsewhere): // what may have come is sent again to the same place only
		return end(row, notifications.DoLeave, notifications.ReasonLeft), nil
	case !want.Covered:
		return end(row, notifications.DoSuppress, notifications.ReasonNothingNew), nil
	case want.State == notifications.Suppressed:
		return end(row, notifications.DoSuppress, want.Reason), nil
	case want.State == notifications.Expired:
		return end(row, notifications.DoExpire, want.Reason), nil
	case !want.Told.Same(row.Told):
		return later(row, now+deferFacts, notifications.ReasonFactsMoved), s.lookAgain(ctx, f, p)
	case want.Lane() != row.Lane && !s.sentTogether(row): // those who share a mail change lanes together
		v := later(row, now, "")
		v.Lane = want.Lane()
		if want.Class == notifications.Urgent { // the other channels' rows are to be planned
			return v, s.lookAgain(ctx, f, p)
		}
		return v, nil
	case max(want.After, want.Wish) > now: // the wish of what was a reply may have moved to the morning
		return later(row, max(want.After, want.Wish), notifications.ReasonQuietHours), nil
	}
	if v, wait := s.order(now, f, p, row); wait {
		return v, nil
	}
	if len(p.Others) > 0 && !onlyTheirs(row.Rule) && !IsChange(row.Rule) && p.saidBefore(row, want.Told) {
		return end(row, notifications.DoSuppress, notifications.ReasonAlreadyTold), nil // since it was planned, under another id
	}
	return hand(ctx, now, c, want, row)
}

// rulesOf are the rules that the rows were planned by. A reminder's times are
// the row's own: its basis says that nobody has changed the rule since. Its
// order of channels is read only where the row's own may not be the best.
func (s *Source) rulesOf(ctx context.Context, f Facts, people []Person, rows []notifications.Row, group []int) ([]Rule, error) {
	rules := make([]Rule, len(group))
	pins := make(map[pinKey]Rule)
	var reminders map[string]Rule
	for i, g := range group {
		rule, there := s.rules[rows[g].Rule]
		if !there {
			rule = pinOf(pins, rows[g])
		}
		rules[i] = rule
		if there || rows[g].Channel == Mail && len(Reaches(rule, f.channels(), people[i])) > 0 {
			continue
		}
		if reminders == nil {
			var err error
			if reminders, err = s.reminders(ctx, f); err != nil {
				return nil, err
			}
		}
		if named, ok := reminders[rule.ID]; ok {
			rules[i].Channels = named.Channels
		}
	}
	return rules, nil
}

// reminders are the event's reminder rules by their ids.
func (s *Source) reminders(ctx context.Context, f Facts) (map[string]Rule, error) {
	found, err := s.stores.reminders(ctx, f.Event)
	if err != nil {
		return nil, err
	}
	rules := make(map[string]Rule, len(found))
	for _, r := range Rules(found, s.stores.Channels) {
		rules[r.ID] = r
	}
	return rules, nil
}

// order holds a row back while something else has to be said to the person first.
func (s *Source) order(now notifications.Millis, f Facts, p Person, row notifications.Row) (notifications.Verdict, bool) {
	if other, ok := p.lastOther(row.Rule); ok && other.State == notifications.Sending && !goesFirst(row, other) {
		return later(row, now+apart(row, other), notifications.ReasonOtherSending), true
	}
	if p.called(row) {
		return later(row, now+deferFacts, notifications.ReasonOtherSending), true
	}
	if row.Rule == RulePending || len(p.allRows()) == 0 {
		return notifications.Verdict{}, false
	}
	// what may have come under another id of the person is not said again; a change
	// is, since of two registrations that hold one only is told of it
	if other, ok := p.lastOther(row.Rule); ok && inDoubt(other) && !inDoubt(row) && !IsChange(row.Rule) {
		return later(row, now+deferFacts, notifications.ReasonOtherSending), true
	}
	if IsChange(row.Rule) {
		for _, other := range p.allRows() {
			if other.State == notifications.Sending && other.Batch != row.Batch && !alongside(row, other) {
				return later(row, now+deferChange, notifications.ReasonOtherSending), true
			}
		}
		return notifications.Verdict{}, false
	}
	best, told := newest(p.Registration, p.ofThis())
	facts := Told(f.Event, p.Registration)
	if !told || !p.news(best, facts) {
		return notifications.Verdict{}, false
	}
	if changeClosed(p, facts) {
		return notifications.Verdict{}, false
	}
	return later(row, now+deferFacts, notifications.ReasonChangeFirst), true
}

// inDoubt reports whether the row may have come and is to go again.
func inDoubt(row notifications.Row) bool { return row.WasUnknown && !row.Closed() }

// goesFirst reports whether, of two rows of one person that were marked at once, it
// is this one that goes. Of two that were marked one by one neither may: each
// may have been decided before the other was there.
func goesFirst(row, other notifications.Row) bool {
	return row.Batch == other.Batch && row.ID < other.ID
}

// apart is how long a row waits for another that may be waiting for it: one of
// them longer, so that they do not meet for ever.
func apart(row, other notifications.Row) notifications.Millis {
	if row.ID < other.ID {
		return deferChange
	}
	return 3 * deferChange
}

// alongside reports whether the other row is the row itself, or says the same
// change by another channel.
func alongside(row, other notifications.Row) bool {
	return other.ID == row.ID || IsChange(other.Rule) && other.Told.Same(row.Told)
}

// changeClosed reports whether the change rows for the facts have all ended.
func changeClosed(p Person, facts notifications.Told) bool {
	closed := false
	for _, row := range p.Rows {
		if !IsChange(row.Rule) || !row.Told.Same(facts) {
			continue
		}
		if last, _ := p.last(row.Rule); last.ID != row.ID {
			continue
		}
		if !row.Closed() {
			return false
		}
		closed = true
	}
	return closed
}

// lookAgain makes sure that the planner reads the facts that differ from the
// row: it does so already where they are dirty.
func (s *Source) lookAgain(ctx context.Context, f Facts, p Person) error {
	if f.Event.Dirty || p.Registration.Dirty {
		return nil
	}
	return s.touch(ctx, f, p)
}

// touch has the planner read the person's facts, and raises their plan_ver.
func (s *Source) touch(ctx context.Context, f Facts, p Person) error {
	if p.Registration.ID != "" {
		_, err := s.stores.Registrations.Update(ctx, p.Registration.ID, func(r *registration.Registration) error {
			r.Touch()
			return nil
		})
		return record.IgnoreAbsent(err)
	}
	_, err := s.stores.Events.Update(ctx, f.Event.ID, func(e *event.Event) error {
		e.Touch()
		return nil
	})
	return record.IgnoreAbsent(err)
}

func end(row notifications.Row, do notifications.Do, reason notifications.Reason) notifications.Verdict {
	if row.WasUnknown {
		do, reason = notifications.DoLeave, notifications.ReasonLeft
	}
	return notifications.Verdict{RowID: row.ID, Do: do, Reason: reason}
}

func later(row notifications.Row, at notifications.Millis, reason notifications.Reason) notifications.Verdict {
	return notifications.Verdict{RowID: row.ID, Do: notifications.DoDefer, Reason: reason, NotBefore: at}
}
