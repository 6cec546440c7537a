package outreach

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Printed is the recheck of one row of the paper lane. Do is DoSend where the
// line is to be printed; the verdict then carries no Message.
type Printed struct {
	notifications.Verdict

	Line Line
}

// Line is what whoever calls or visits a person needs. It exists in memory and
// on paper only.
type Line struct {
	Resident, Event, Rule string
	// Contact is the keyed hash of the phone, Phone the number; both empty for a
	// letter or a visit.
	Contact, Phone string
	// Name and Village may be empty; Village is a unit's id.
	Name, Village string
	// Language is that of Words, which say what there is to say.
	Language, Words string
}

// Printable rechecks planned rows of the paper lane, as Decide does after a
// mark, and returns in their order what is to become of each. What the person's
// budget has no room for is not printed; a line that is printed keeps its place.
func (s *Source) Printable(ctx context.Context, now notifications.Millis, rows []notifications.Row) ([]Printed, error) {
	out := make([]Printed, len(rows))
	verdicts := make([]notifications.Verdict, len(rows))
	var fresh []envelope
	for _, group := range byOccurrence(rows) {
		err := s.eachOf(ctx, rows, group, func(i int, c *concerned) (err error) {
			if c == nil {
				verdicts[i] = end(rows[i], notifications.DoSuppress, notifications.ReasonErased)
				return nil
			}
			line := func(ctx context.Context, _ notifications.Millis, c *concerned, want Want, row notifications.Row) (notifications.Verdict, error) {
				if row.State == notifications.Planned {
					fresh = append(fresh, envelope{&letter{at: i, row: row, concerned: c, want: want}})
				}
				return s.line(ctx, c, want, row, &out[i].Line)
			}
			verdicts[i], err = s.decide(ctx, now, c, rows[i], line)
			return err
		})
		if err != nil {
			return nil, away(err)
		}
	}
	callOnce(now, fresh, verdicts)
	fresh = slices.DeleteFunc(fresh, func(m envelope) bool { return verdicts[m.lead().at].Do != notifications.DoSend })
	if _, err := s.afford(ctx, now, rows, fresh, verdicts); err != nil {
		return nil, away(err)
	}
	for i, v := range verdicts {
		out[i].Verdict = v
	}
	return out, nil
}

// InHand gives the lines of rows that are on paper, in their order, and nil for
// each that no longer says what is so. Whoever reads one out holds it in hand, by
// night too: the hour and what else is to be said are no reasons, as they are none
// to the planner, and whatever changes a row is the planner's to see.
func (s *Source) InHand(ctx context.Context, now notifications.Millis, rows []notifications.Row) ([]*Line, error) {
	lines := make([]*Line, len(rows))
	for _, group := range byOccurrence(rows) {
		err := s.eachOf(ctx, rows, group, func(i int, c *concerned) error {
			if c == nil {
				return nil
			}
			row := rows[i]
			want := When(c.rule, *c.facts, *c.person, now)
			if !want.Covered || want.State == notifications.Suppressed || !want.same(row) {
				return nil
			}
			var l Line
			v, err := s.line(ctx, c, want, row, &l)
			if v.Do == notifications.DoSend {
				lines[i] = &l
			}
			return err
		})
		if err != nil {
			return nil, away(err)
		}
	}
	return lines, nil
}

// same reports whether the row says what is so, to where it would go now.
func (w Want) same(row notifications.Row) bool {
	return row.Told.Same(w.Told) && row.Channel == w.Channel && row.Contact == w.Contact.ID
}

// line fills in a line.
func (s *Source) line(ctx context.Context, c *concerned, want Want, row notifications.Row, to *Line) (notifications.Verdict, error) {
	if want.Contact.ID != "" {
		phone, err := s.mailbox.Plain(ctx, want.Contact)
		if errors.Is(err, contact.ErrForgotten) {
			return end(row, notifications.DoSuppress, notifications.ReasonNoContact), nil
		}
		if err != nil {
			return notifications.Verdict{}, err
		}
		to.Contact, to.Phone = want.Contact.ID, phone
	}
	who := c.person.Resident
	to.Resident, to.Event, to.Rule = who.ID, c.facts.Event.ID, row.Rule
	to.Name, to.Village = who.Name, who.Village
	to.Language, to.Words = s.writer.Say(*c.facts, *c.person, row)
	return notifications.Verdict{RowID: row.ID, Do: notifications.DoSend}, nil
}

// Say is what a row says in words to be spoken, and their language. What staff
// wrote in it is marked as i18n.Written.
func (w *Writer) Say(f Facts, p Person, row notifications.Row) (language, words string) {
	pr := w.texts.For(p.Resident.Locale)
	e := f.Event
	data := map[string]any{
		"title": i18n.Written(e.Title), "where": i18n.Written(e.Place.Line()),
		"when": pr.FormatRange(calendar.InZone(e.StartAt, e.Zone), calendar.InZone(e.EndAt, e.Zone)),
	}
	if p.Registration.State == registration.Offered {
		until := calendar.InZone(p.Registration.HoldUntil, e.Zone)
		data["until"], data["until_day"] = pr.FormatClock(until), pr.FormatDay(until)
	}
	kind := kindOf(f, p, row)
	words = pr.Text("call."+string(kind), data)
	if kind.showsOld() {
		words = sayOld(pr, e, before(f, p, row, Told(e, p.Registration)), words)
	}
	if why := strings.Join(strings.Fields(e.StatusNote), " "); why != "" && kind.saysWhy() {
		words = pr.Text("call.why", map[string]any{"words": words, "why": i18n.Written(why)})
	}
	return pr.Lang(), words
}

// sayOld adds what the person knew and is no longer so, as a mail shows it
// beside the new.
func sayOld(pr *i18n.Printer, e event.Event, old notifications.Told, words string) string {
	if retimed(old, e) {
		when := pr.FormatRange(calendar.InZone(calendar.Instant(old.Start), old.Zone), calendar.InZone(calendar.Instant(old.End), old.Zone))
		words = pr.Text("call.when_old", map[string]any{"words": words, "when": when})
	}
	if old.Place != "" && old.Place != e.Place.Line() {
		words = pr.Text("call.where_old", map[string]any{"words": words, "where": i18n.Written(old.Place)})
	}
	return words
}

// retimed reports whether somebody who was told of a time knows another than
// the event has.
func retimed(old notifications.Told, e event.Event) bool {
	return old.Start != 0 && (old.Start != notifications.Millis(e.StartAt) || old.End != notifications.Millis(e.EndAt))
}
