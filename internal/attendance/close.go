package attendance

import (
	"context"
	"slices"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

// Retention of the link from person to attendance.
const (
	DissolvedAfter = 14 * 24 * time.Hour
	// dissolveBack bounds how far back a run looks for what is still to be done.
	dissolveBack = 400 * 24 * time.Hour
)

// Finish marks whoever held a seat and was not counted as not recorded: nobody
// knows whether they came, and nobody is called absent. It may be called again.
func (s *Service) Finish(ctx context.Context, e event.Event) error {
	held := []registration.State{registration.Pending, registration.Registered, registration.Offered}
	return s.each(ctx, e.ID, held, func(r *registration.Registration) bool {
		r.State, r.HoldUntil = registration.NotRecorded, 0
		return true
	})
}

// Dissolve is the job that, 14 days after the report, turns links from person
// to attendance into counts: entries lose their registration, registrations
// what became of them. It returns of how many events, at most limit.
func (s *Service) Dissolve(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	dissolved := 0
	walk := event.Walk{State: event.Reported, From: now.Add(-dissolveBack), Before: now.Add(-DissolvedAfter)}
	err := walk.Each(ctx, s.p.Events.Ended, func(e event.Event) (bool, error) {
		if e.DissolvedAt != 0 || e.ReportedAt.Add(DissolvedAfter) > now {
			return true, nil
		}
		dissolved++
		return dissolved < limit, s.dissolve(ctx, e, now)
	})
	return dissolved, err
}

func (s *Service) dissolve(ctx context.Context, e event.Event, now calendar.Instant) error {
	if err := s.p.Entries.Dissolve(ctx, e.Part, e.ID); err != nil {
		return err
	}
	known := []registration.State{registration.Attended, registration.NotRecorded}
	err := s.each(ctx, e.ID, known, func(r *registration.Registration) bool {
		r.State = registration.Registered // as if nobody had been counted by name
		return true
	})
	if err != nil {
		return err
	}
	_, err = s.p.Events.Update(ctx, e.ID, func(e *event.Event) error {
		e.DissolvedAt = now
		e.Touch()
		e.Note(audit.Of(actor.System("dissolve"), now, e.Unit, audit.Thing("event", e.ID), "attendance.dissolve"))
		return nil
	})
	return err
}

// each changes every registration of the event in one of the states, page by
// page: the list is ordered by id, which no change touches.
func (s *Service) each(ctx context.Context, eventID string, states []registration.State, change func(*registration.Registration) bool) error {
	in := func(r *registration.Registration) bool {
		return slices.Contains(states, r.State) && change(r)
	}
	var after *page.Key
	for {
		list, err := s.p.Registrations.Page(ctx, registration.Filter{Event: eventID, States: states},
			page.Request{After: after, Limit: page.MaxLimit})
		if err != nil {
			return err
		}
		for _, r := range list.Items {
			if err := s.set(ctx, r.ID, in); err != nil {
				return err
			}
		}
		if list.Next == nil {
			return nil
		}
		after = list.Next
	}
}
