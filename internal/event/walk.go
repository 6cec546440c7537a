package event

import (
	"context"
	"strconv"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/page"
)

// Walk goes through the events of one state that ended in [From, Before), by
// end: how jobs find what is still to be done without a list of it.
type Walk struct {
	State        State
	From, Before calendar.Instant
}

const walkPage = 200

// Each calls visit for every event, until it says to stop or fails. Ended is
// Store.Ended.
func (w Walk) Each(
	ctx context.Context,
	ended func(context.Context, State, calendar.Instant, *page.Key, int) ([]Event, error),
	visit func(Event) (more bool, err error),
) error {
	after := endKey(w.From-1, "")
	for {
		events, err := ended(ctx, w.State, w.Before, &after, walkPage)
		if err != nil {
			return err
		}
		for _, e := range events {
			if more, err := visit(e); err != nil || !more {
				return err
			}
		}
		if len(events) < walkPage {
			return nil
		}
		last := events[len(events)-1]
		after = endKey(last.EndAt, last.ID)
	}
}

func endKey(end calendar.Instant, id string) page.Key {
	return page.Key{Values: []string{strconv.FormatInt(int64(end), 10), id}}
}
