package event

import (
	"bytes"
	"cmp"
	"context"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/text"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// sortKey orders an event by its village's name, else by that of its place, else
// by its title.
func sortKey(in Input, village unit.Unit) []byte {
	if in.Village != "" {
		return village.SortKey
	}
	return text.SortKey(cmp.Or(in.Place.Name, in.Title))
}

const (
	// namedBefore is for how long after a new name an event may still be written by
	// the one before: several times as long as a request may take.
	namedBefore = 3 * time.Minute
	// followedAtOnce bounds the units of one call, high enough that those which wait
	// for the end of namedBefore keep no others waiting.
	followedAtOnce = 5000
)

// FollowNames is the job that puts the events of dirty units where the units'
// names have them, and returns of how many units all events are there for good.
// A unit is cleaned after the last of its events and after namedBefore, so that
// neither whoever stops in between nor an event that was on its way leaves one
// behind. Nobody is told anything by it: what people are told has no order, and
// mails take the name when they are written.
func (s *Service) FollowNames(ctx context.Context, now calendar.Instant, _ int) (int, error) {
	units, err := s.p.Units.Dirty(ctx, followedAtOnce)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, u := range units {
		// Those that it leads, too: events of before names ordered them have no
		// key, wherever they take place.
		for _, f := range []Filter{{Village: u.ID}, {Unit: u.ID}} {
			if err := s.followName(ctx, u, f); err != nil {
				return n, err
			}
		}
		if now < u.NamedAt.Add(namedBefore) {
			continue
		}
		if _, err := s.p.Units.Clean(ctx, u.ID, u.PlanVer); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// followName orders what the filter chooses of the events that are ordered by
// the unit's name, or by no unit's. An event that moves meanwhile moves among
// those of its start, and was ordered before it did.
func (s *Service) followName(ctx context.Context, u unit.Unit, f Filter) error {
	req := page.Request{Limit: page.MaxLimit}
	for {
		list, err := s.p.Events.Page(ctx, f, req)
		if err != nil {
			return err
		}
		for _, e := range list.Items {
			if _, err := s.place(ctx, e, u); record.IgnoreAbsent(err) != nil {
				return err
			}
		}
		if req.After = list.Next; req.After == nil {
			return nil
		}
	}
}

// place puts the event where the unit's name has it.
func (s *Service) place(ctx context.Context, e Event, u unit.Unit) (Event, error) {
	if e.followsName(u) {
		return e, nil
	}
	return s.p.Events.Update(ctx, e.ID, func(e *Event) error {
		if e.followsName(u) {
			return record.ErrUnchanged
		}
		e.SortKey = sortKey(e.Input(), u)
		return nil
	})
}

// placeAgain looks at the village's name once more after a write that took it
// from before: it may be another since, and FollowNames past the event already,
// whose next round would come some minutes later. A name that is given later
// finds the event as it was written.
func (s *Service) placeAgain(ctx context.Context, e Event) (Event, error) {
	if e.Village == "" {
		return e, nil
	}
	village, err := s.p.Units.Get(ctx, e.Village)
	if err != nil {
		return e, err
	}
	return s.place(ctx, e, village)
}

// followsName reports whether the event is where the unit's name has it, or is
// ordered by another unit's.
func (e Event) followsName(u unit.Unit) bool {
	return e.Village != "" && e.Village != u.ID || bytes.Equal(e.SortKey, sortKey(e.Input(), u))
}
