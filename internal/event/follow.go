package event

import (
	"context"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Reschedule changes time or place of an approved, published or postponed
// event. A postponed one stays postponed until it is resumed.
func (s *Service) Reschedule(ctx context.Context, a actor.Actor, id string, ifMatch int64, m Move) (Event, error) {
	old, err := s.planned(ctx, a, id)
	if err != nil {
		return Event{}, err
	}
	in, times, place, err := s.check(ctx, m.Patch().On(old.Input()))
	if err != nil {
		return Event{}, err
	}
	now := s.p.Now()
	e, err := s.p.Events.Update(ctx, id, func(e *Event) error {
		if err := e.mayPlan(a, now); err != nil {
			return err
		}
		if err := e.seen(ifMatch); err != nil {
			return err
		}
		if e.Version() != old.Version() {
			return ErrVersion
		}
		fields, err := e.Move(in, times, a.ID, now)
		if err != nil {
			return err
		}
		if len(fields) == 0 {
			return record.ErrUnchanged
		}
		e.SortKey = place.sortKey
		e.Note(audit.Of(a, now, e.Unit, audit.Thing("event", e.ID), "event.reschedule", fields...))
		return nil
	})
	if err != nil {
		return e, err
	}
	return s.placeAgain(ctx, e)
}

// AddNotice records that people were told in public, now. The same kind may be
// given again, as posters are put up more than once; 50 in all.
func (s *Service) AddNotice(ctx context.Context, a actor.Actor, id string, kind NoticeKind) (Event, error) {
	if err := a.Require(ScopeWrite); err != nil {
		return Event{}, err
	}
	var c fault.Check
	if !slices.Contains([]NoticeKind{Poster, Loudspeaker, Portal}, kind) {
		c.Add("kind", "event.notice_kind")
		return Event{}, c.Err()
	}
	now := s.p.Now()
	return s.p.Events.Update(ctx, id, func(e *Event) error {
		if err := e.mayPlan(a, now); err != nil {
			return err
		}
		if e.State != Published && e.State != Approved && e.State != Postponed {
			return ErrState.With("state", string(e.State), "act", "notice")
		}
		if len(e.Notices) >= maxNotices {
			c.Add("notices", "list.too_long", "max", maxNotices)
			return c.Err()
		}
		e.Notices = append(e.Notices, Notice{Kind: kind, At: now, By: a.ID})
		e.Note(audit.Of(a, now, e.Unit, audit.Thing("event", e.ID), "event.notice", "notices"))
		return nil
	})
}

const maxNotices = 50

// File files the report of an event that is done, and closes its count first,
// so that a report never stands beside an open count. The same report sent again
// by the same person is the one that is filed.
func (s *Service) File(ctx context.Context, a actor.Actor, id string, ifMatch int64, in ReportInput) (Event, error) {
	old, err := s.planned(ctx, a, id)
	if err != nil {
		return Event{}, err
	}
	// First, lest somebody put a form right that is refused then all the same.
	if err := old.Reportable(); err != nil {
		if old.filed(a, in) {
			return old, nil
		}
		return Event{}, err
	}
	if in, err = in.check(); err != nil {
		return Event{}, err
	}
	if err := old.seen(ifMatch); err != nil {
		return Event{}, err
	}
	if err := s.p.Door.Finish(ctx, old); err != nil {
		return Event{}, err
	}
	now := s.p.Now()
	return s.p.Events.Update(ctx, id, func(e *Event) error {
		if err := e.mayPlan(a, now); err != nil {
			return err
		}
		if e.filed(a, in) { // pressed twice at once
			return record.ErrUnchanged
		}
		if err := e.seen(ifMatch); err != nil {
			return err
		}
		e.Note(audit.Of(a, now, e.Unit, audit.Thing("event", e.ID), "event.report", "state", "report"))
		e.Report = &Report{
			Households: in.Households, Villages: in.Villages, Officials: in.Officials,
			Summary: in.Summary, Lessons: in.Lessons, By: a.ID, At: now,
		}
		return e.Take(FileReport, a.ID, "", now)
	})
}

// Reportable says why no report can be filed, nil where one can.
func (e Event) Reportable() error {
	switch e.State {
	case Done:
		return nil
	case Reported:
		return ErrReported
	case Cancelled:
		return ErrUnreported
	}
	return ErrUnheld
}

// filed reports whether the account has filed this very report.
func (e Event) filed(a actor.Actor, in ReportInput) bool {
	in, err := in.check()
	if err != nil || e.State != Reported || e.Report == nil {
		return false
	}
	want := *e.Report
	return want.By == a.ID && in == (ReportInput{
		Households: want.Households, Villages: want.Villages, Officials: want.Officials, Summary: want.Summary, Lessons: want.Lessons,
	})
}

func (in ReportInput) check() (ReportInput, error) {
	var c fault.Check
	count(&c, "households", in.Households)
	count(&c, "villages", in.Villages)
	count(&c, "officials", in.Officials)
	in.Summary = block(&c, "summary", in.Summary, maxSummary)
	in.Lessons = block(&c, "lessons", in.Lessons, maxSummary)
	if strings.TrimSpace(in.Summary) == "" {
		c.Add("summary", "required")
	}
	return in, c.Err()
}

func count(c *fault.Check, field string, n int) {
	if n < 0 || n > maxReported {
		c.Add(field, "number.range", "min", 0, "max", maxReported)
	}
}
