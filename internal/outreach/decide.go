package outreach

import (
	"context"
	"errors"
	"fmt"
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
	// reports whether it has it.
	AllowFixed(ctx context.Context, contactID, row string) (bool, error)
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
}

var _ notifications.Source = (*Source)(nil)

// NewSource returns a source over the stores.
func NewSource(s Stores, m Mailbox, i Inviter, w *Writer) *Source {
	return &Source{stores: s, mailbox: m, inviter: i, writer: w}
}

// Refused suppresses the contact.
func (s *Source) Refused(ctx context.Context, contactID string) error {
	return s.mailbox.Refused(ctx, contactID)
}

// Decide returns a verdict for each row, in their order. It reads each event
// of the batch once, with the registrations, people and contacts concerned.
func (s *Source) Decide(ctx context.Context, now notifications.Millis, rows []notifications.Row) ([]notifications.Verdict, error) {
	verdicts := make([]notifications.Verdict, len(rows))
	for _, group := range byOccurrence(rows) {
		if err := s.decideEvent(ctx, now, rows, group, verdicts); err != nil {
			return nil, away(err)
		}
	}
	return verdicts, nil
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

func (s *Source) decideEvent(ctx context.Context, now notifications.Millis, rows []notifications.Row, group []int, out []notifications.Verdict) error {
	eventID := rows[group[0]].Occurrence
	recipients := make([]string, len(group))
	for i, g := range group {
		recipients[i] = rows[g].Recipient
	}
	facts, err := s.stores.factsFor(ctx, eventID, rows, group)
	if errors.Is(err, record.ErrAbsent) {
		for _, g := range group {
			out[g] = end(rows[g], notifications.DoSuppress, notifications.ReasonErased)
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
	for i, g := range group {
		if out[g], err = s.decide(ctx, now, facts, people[i], rows[g]); err != nil {
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
		if rows[g].Rule != RuleChange && quiet && (asks || settledSeat(f, p)) {
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
	if p.Registration.PlanVer > max(s.SeatVer, 1) {
		return false
	}
	if s.Ver == 0 {
		return !f.Event.HasRoll
	}
	return shown(s).Same(Told(f.Event, p.Registration))
}

// decide is the recheck of one marked row.
func (s *Source) decide(ctx context.Context, now notifications.Millis, f Facts, p Person, row notifications.Row) (notifications.Verdict, error) {
	if p.Unsettled {
		return later(row, now+deferUnsettled, notifications.ReasonUnsettled), nil
	}
	if !row.WasUnknown && row.Basis != f.Basis(p) {
		return later(row, now+deferFacts, notifications.ReasonFactsMoved), s.lookAgain(ctx, f, p)
	}
	rule := ruleOf(row)
	want := When(rule, f, p, now)
	switch {
	case !want.Wanted() && row.WasUnknown:
		return end(row, notifications.DoLeave, notifications.ReasonLeft), nil
	case !want.Covered:
		return end(row, notifications.DoSuppress, notifications.ReasonNothingNew), nil
	case want.State == notifications.Suppressed:
		return end(row, notifications.DoSuppress, want.Reason), nil
	case want.State == notifications.Expired:
		return end(row, notifications.DoExpire, want.Reason), nil
	case !want.Told.Same(row.Told):
		return later(row, now+deferFacts, notifications.ReasonFactsMoved), s.lookAgain(ctx, f, p)
	case want.Class != row.Class:
		v := later(row, now, "")
		v.Lane = notifications.Lane{Class: want.Class, Channel: row.Channel}
		return v, nil
	}
	if v, wait := s.order(now, f, p, row); wait {
		return v, nil
	}
	return s.send(ctx, now, f, p, row)
}

// ruleOf is the rule that a row was planned by. A reminder's times are the
// row's own: its basis says that nobody has changed the rule since.
func ruleOf(row notifications.Row) Rule {
	for _, r := range Rules(nil) {
		if r.ID == row.Rule {
			return r
		}
	}
	return pinned(row)
}

// order holds a row back while something else has to be said to the person first.
func (s *Source) order(now notifications.Millis, f Facts, p Person, row notifications.Row) (notifications.Verdict, bool) {
	if row.Rule == RulePending || len(p.Rows) == 0 {
		return notifications.Verdict{}, false
	}
	if row.Rule == RuleChange {
		for _, other := range p.Rows {
			if other.ID != row.ID && other.State == notifications.Sending && other.Batch != row.Batch {
				return later(row, now+deferChange, notifications.ReasonOtherSending), true
			}
		}
		return notifications.Verdict{}, false
	}
	best, told := newest(p.Registration, p.Rows)
	facts := Told(f.Event, p.Registration)
	if !told || !p.news(best, facts) {
		return notifications.Verdict{}, false
	}
	if change, ok := p.last(RuleChange); ok && change.Closed() && change.Told.Same(facts) {
		return notifications.Verdict{}, false
	}
	return later(row, now+deferFacts, notifications.ReasonChangeFirst), true
}

// lookAgain makes sure that the planner reads the facts that differ from the
// row: it does so already where they are dirty.
func (s *Source) lookAgain(ctx context.Context, f Facts, p Person) error {
	if p.Registration.ID != "" {
		if p.Registration.Dirty || f.Event.Dirty {
			return nil
		}
		_, err := s.stores.Registrations.Update(ctx, p.Registration.ID, func(r *registration.Registration) error {
			r.Touch()
			return nil
		})
		return absentIsFine(err)
	}
	if f.Event.Dirty {
		return nil
	}
	_, err := s.stores.Events.Update(ctx, f.Event.ID, func(e *event.Event) error {
		e.Touch()
		return nil
	})
	return absentIsFine(err)
}

func absentIsFine(err error) error {
	if errors.Is(err, record.ErrAbsent) {
		return nil
	}
	return err
}

func (s *Source) send(ctx context.Context, now notifications.Millis, f Facts, p Person, row notifications.Row) (notifications.Verdict, error) {
	if row.Rule == RulePending {
		ok, err := s.mailbox.AllowFixed(ctx, p.Contact.ID, row.ID)
		if err != nil {
			return notifications.Verdict{}, err
		}
		if !ok {
			return end(row, notifications.DoSuppress, notifications.ReasonContactBudget), nil
		}
	}
	links, err := s.links(ctx, f, p, row)
	if err != nil {
		return notifications.Verdict{}, err
	}
	to, err := s.mailbox.Plain(ctx, p.Contact)
	if errors.Is(err, contact.ErrForgotten) {
		return end(row, notifications.DoSuppress, notifications.ReasonNoContact), nil
	}
	if err != nil {
		return notifications.Verdict{}, err
	}
	message, err := s.writer.Write(ctx, f, p, row, links, now)
	if err != nil {
		return notifications.Verdict{}, err
	}
	message.To, message.Contact = to, p.Contact.ID
	return notifications.Verdict{RowID: row.ID, Do: notifications.DoSend, Message: message}, nil
}

func (s *Source) links(ctx context.Context, f Facts, p Person, row notifications.Row) (Links, error) {
	out, err := s.mailbox.OptOutToken(ctx, p.Contact)
	if err != nil {
		return Links{}, err
	}
	links := s.writer.Links(p.Registration, out)
	if row.Rule == RuleSurvey {
		code, err := s.inviter.Invite(ctx, f.Event.ID)
		if err != nil {
			return Links{}, err
		}
		links.Survey = s.writer.SurveyLink(f.Event.ID, code)
	}
	return links, nil
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
