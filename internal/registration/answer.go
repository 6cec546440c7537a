package registration

import (
	"context"
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// ComingOwn is the answer "I am coming": it is kept, and takes the place that
// was offered. It may be given again, without effect. ErrOfferOver where there
// is no place, or none any more. The answer "I cannot" is CancelOwn.
func (s *Service) ComingOwn(ctx context.Context, token, form string) (Own, error) {
	var c fault.Check
	checkForm(&c, form)
	if err := c.Err(); err != nil {
		return Own{}, err
	}
	r, e, err := s.byToken(ctx, token, s.p.Registrations.ByLink)
	if err != nil {
		return Own{}, err
	}
	now, key := s.p.Now(), keyOf(form, OpAccept)
	switch {
	case r.Form == key, r.State == Registered && r.Said(e.Revision) == Coming:
		return s.own(e, r), nil
	case r.State == Cancelled:
		return Own{}, ErrGone
	case e.State != event.Published || now >= e.StartAt:
		return Own{}, ErrClosed
	case r.State == Waitlisted:
		return Own{}, ErrOfferOver
	case r.State == Offered:
		r, err = s.accept(ctx, e, r, key, now)
	case r.State == Registered:
		r, err = s.coming(ctx, e, r, key, now)
	default:
		return Own{}, ErrClosed
	}
	if err != nil {
		return Own{}, err
	}
	return s.own(e, r), nil
}

// accept takes an offered place. Where the offer ended meanwhile, the roll says so.
func (s *Service) accept(ctx context.Context, e event.Event, r Registration, key string, now calendar.Instant) (Registration, error) {
	c := Command{Op: OpAccept, Registration: r.ID, Slot: r.Slot}
	return s.wish(ctx, e, c, actor.Resident(), func(r *Registration) { r.answer(e, key, now) })
}

// coming keeps the answer of somebody who has a place. The roll is not asked:
// the place stays as it is.
func (s *Service) coming(ctx context.Context, e event.Event, r Registration, key string, now calendar.Instant) (Registration, error) {
	return s.p.Registrations.Update(ctx, r.ID, func(r *Registration) error {
		switch r.State {
		case Registered:
		case Cancelled:
			return ErrGone
		default:
			return ErrClosed
		}
		r.answer(e, key, now)
		r.Touch()
		r.shownNow()
		r.Note(noted(actor.Resident(), now, r, "registration.coming", "answer"))
		return nil
	})
}

// answer notes that the person is coming, and what they are shown for it.
func (r *Registration) answer(e event.Event, key string, now calendar.Instant) {
	r.Answer, r.AnsweredRevision, r.AnsweredAt = Coming, e.Revision, now
	r.Form, r.ActedAt = key, now
	r.show(e)
}

// leave ends the registration.
func (r *Registration) leave() {
	if r.State != Cancelled {
		r.Turns++
	}
	r.State, r.HoldUntil = Cancelled, 0
	r.unanswer()
}

func (r *Registration) unanswer() {
	r.Answer, r.AnsweredRevision, r.AnsweredAt = NotAnswered, 0, 0
}

// Answers counts who has a place at an event by what they said, in people.
type Answers struct{ Coming, NotAnswered, Offered, Waiting int }

// Answers counts what people said, for staff who work with people on the very
// unit. It names nobody.
func (s *Service) Answers(ctx context.Context, a actor.Actor, eventID string) (Answers, error) {
	if err := a.Require(ScopeRead); err != nil {
		return Answers{}, err
	}
	e, err := s.p.Events.Get(ctx, eventID)
	if err != nil {
		return Answers{}, err
	}
	if err := s.mayRead(a, e.Unit); err != nil {
		return Answers{}, err
	}
	var out Answers
	f := Filter{Event: eventID, States: []State{Registered, Waitlisted, Offered}}
	for req := (page.Request{Limit: pageSize}); ; {
		list, err := s.p.Registrations.Page(ctx, f, req)
		if err != nil {
			return Answers{}, err
		}
		for _, r := range list.Items {
			out.count(r, e.Revision)
		}
		if list.Next == nil {
			return out, nil
		}
		req.After = list.Next
	}
}

func (a *Answers) count(r Registration, revision int) {
	switch {
	case r.State == Waitlisted:
		a.Waiting += r.Party
	case r.State == Offered:
		a.Offered += r.Party
	case r.Said(revision) == Coming:
		a.Coming += r.Party
	default:
		a.NotAnswered += r.Party
	}
}

// Offers is the job that has rolls go on where their time has come: offers that
// nobody answered go to the next. It returns how many rolls it saw to, at most
// limit; one that fails stops no other.
func (s *Service) Offers(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	due, err := s.p.Rolls.DueRolls(ctx, now, limit)
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, eventID := range due {
		failed = append(failed, s.goOn(ctx, eventID))
	}
	return len(due), errors.Join(failed...)
}

func (s *Service) goOn(ctx context.Context, eventID string) error {
	e, err := s.p.Events.Get(ctx, eventID)
	if err != nil {
		return record.IgnoreAbsent(err)
	}
	changes, err := s.queue.do(ctx, eventID, nil)
	if err != nil {
		return record.IgnoreAbsent(err)
	}
	return s.copyOthers(ctx, e, changes)
}
