package survey

import (
	"context"
	"errors"
	"strconv"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// eventsPage is how many events are read at once.
const eventsPage = 200

// EnsureDue makes the surveys of events that are over, reported or not, and
// have none, at most limit, and returns how many. An event that ended longer
// ago than a survey is open gets none any more.
func (s *Service) EnsureDue(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	made := 0
	for _, state := range []event.State{event.Done, event.Reported} {
		n, err := s.ensureIn(ctx, state, now, limit-made)
		made += n
		if err != nil {
			return made, err
		}
	}
	return made, nil
}

func (s *Service) ensureIn(ctx context.Context, state event.State, now calendar.Instant, limit int) (int, error) {
	made := 0
	after := endKey(now.Add(-OpenFor), "")
	for {
		events, err := s.p.Events.Ended(ctx, state, now, after, eventsPage)
		if err != nil {
			return made, err
		}
		for _, e := range events {
			if made == limit {
				return made, nil
			}
			did, err := s.ensureOne(ctx, e)
			if err != nil {
				return made, err
			}
			if did {
				made++
			}
		}
		if len(events) < eventsPage {
			return made, nil
		}
		last := events[len(events)-1]
		after = endKey(last.EndAt, last.ID)
	}
}

func (s *Service) ensureOne(ctx context.Context, e event.Event) (bool, error) {
	_, err := s.p.Surveys.Get(ctx, e.ID)
	if !errors.Is(err, record.ErrAbsent) {
		return false, err
	}
	_, err = s.Ensure(ctx, e)
	return err == nil, err
}

// endKey is a place in the order of Ended: end, then id.
func endKey(end calendar.Instant, id string) *page.Key {
	return &page.Key{Values: []string{strconv.FormatInt(int64(end), 10), id}}
}
