package survey

import (
	"context"
	"errors"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

const (
	// closingGrace is how long after ClosesAt a survey is counted: an answer that
	// was begun in time has ended by then, one way or the other.
	closingGrace = 10 * time.Minute
	// lookAgain is when a survey is looked at again whose event is not over yet.
	lookAgain = 6 * time.Hour
	// answersPage is how many answers are read at once.
	answersPage = 500
)

// OpenDue opens surveys whose time has come, at most limit, and returns how
// many. The event is touched, so that invitations are planned. A survey whose
// event was moved moves with it.
func (s *Service) OpenDue(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	// Whatever is still opening was left by a run that was killed.
	due, err := s.p.Surveys.Due(ctx, Opening, now.Add(2*OpenFor), limit)
	if err != nil {
		return 0, err
	}
	planned, err := s.p.Surveys.Due(ctx, Planned, now, limit)
	if err != nil {
		return 0, err
	}
	return each(append(due, planned...), func(v Survey) (bool, error) { return s.open(ctx, v, now) })
}

// each does the work for every survey, since one that fails must not hold up
// the others, and counts those for which it was done.
func each(surveys []Survey, work func(Survey) (bool, error)) (int, error) {
	n := 0
	var failed []error
	for _, v := range surveys {
		done, err := work(v)
		if err != nil {
			failed = append(failed, err)
		}
		if done {
			n++
		}
	}
	return n, errors.Join(failed...)
}

func (s *Service) open(ctx context.Context, v Survey, now calendar.Instant) (bool, error) {
	if v.State == Planned {
		e, err := s.p.Events.Get(ctx, v.ID)
		if err != nil {
			return false, err
		}
		v, err = s.p.Surveys.Update(ctx, v.ID, func(v *Survey) error { return move(v, e, now) })
		if err != nil || v.State != Opening {
			return false, err
		}
	}
	if err := s.touch(ctx, v.ID); err != nil {
		return false, err
	}
	_, err := s.p.Surveys.Update(ctx, v.ID, func(v *Survey) error {
		if v.State != Opening {
			return record.ErrUnchanged
		}
		v.State = Open
		return nil
	})
	return err == nil, err
}

func (s *Service) touch(ctx context.Context, eventID string) error {
	_, err := s.p.Events.Update(ctx, eventID, func(e *event.Event) error {
		e.Touch()
		return nil
	})
	return err
}

// move writes the next state of a planned survey whose OpensAt has passed. What
// stays planned is looked at again later: its event was moved, is not closed
// yet, or was cancelled and may be restored.
func move(v *Survey, e event.Event, now calendar.Instant) error {
	if v.State != Planned {
		return record.ErrUnchanged
	}
	due := e.EndAt.Add(time.Duration(v.DelayHours) * time.Hour)
	switch {
	case now >= due.Add(OpenFor):
		v.State = Closed
	case now >= due && (e.State == event.Done || e.State == event.Reported):
		v.State = Opening
	default:
		v.setTimes(e.EndAt)
		v.OpensAt = max(v.OpensAt, now.Add(lookAgain))
	}
	return nil
}

// CloseDue closes surveys whose time is over, at most limit, and returns how
// many. Codes are dropped, the result is fixed, and the event is marked to be
// counted before the survey counts as closed: a kill anywhere in between is
// made good by the next run.
func (s *Service) CloseDue(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	due, err := s.p.Surveys.Due(ctx, Open, now.Add(-closingGrace), limit)
	if err != nil {
		return 0, err
	}
	return each(due, func(v Survey) (bool, error) {
		err := s.close(ctx, v)
		return err == nil, err
	})
}

func (s *Service) close(ctx context.Context, v Survey) error {
	if err := s.p.Boxes.DropCodes(ctx, v.Part, v.ID); err != nil {
		return err
	}
	result := v.Result
	if result == nil {
		answers, err := s.answers(ctx, v)
		if err != nil {
			return err
		}
		h := Count(len(v.Items), answers)
		result = &h
	}
	if err := s.fix(ctx, v.ID, Open, result); err != nil {
		return err
	}
	if err := s.uncount(ctx, v.ID); err != nil {
		return err
	}
	return s.fix(ctx, v.ID, Closed, result)
}

// fix writes the result unless one is fixed already.
func (s *Service) fix(ctx context.Context, eventID string, state State, result *Histogram) error {
	_, err := s.p.Surveys.Update(ctx, eventID, func(v *Survey) error {
		if v.State == Closed {
			return record.ErrUnchanged
		}
		if v.Result == nil {
			v.Result = result
		}
		v.State = state
		return nil
	})
	return err
}

// uncount has the event's count facts written again, now with the result. It
// touches the event too: invitations that did not go out are over.
func (s *Service) uncount(ctx context.Context, eventID string) error {
	_, err := s.p.Events.Update(ctx, eventID, func(e *event.Event) error {
		e.Uncounted = true
		e.Touch()
		return nil
	})
	return err
}

func (s *Service) answers(ctx context.Context, v Survey) ([]Answer, error) {
	var all []Answer
	after := ""
	for {
		some, err := s.p.Boxes.Answers(ctx, v.Part, v.ID, after, answersPage)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if len(some) < answersPage {
			return all, nil
		}
		after = some[len(some)-1].ID
	}
}
