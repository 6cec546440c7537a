package resident

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Names of units hardly ever change, and every page shows some: what was read
// serves for a minute.
const (
	namesFor = time.Minute
	maxNames = 4096
)

// names remembers units for a short time. It may be used concurrently.
type names struct {
	units *unit.Service
	now   func() calendar.Instant

	mu   sync.RWMutex
	kept map[string]keptName
}

type keptName struct {
	unit unit.Unit
	at   calendar.Instant
}

func newNames(units *unit.Service, now func() calendar.Instant) *names {
	return &names{units: units, now: now, kept: map[string]keptName{}}
}

// of gives the unit; the zero value where there is none.
func (n *names) of(ctx context.Context, id string) (unit.Unit, error) {
	if id == "" {
		return unit.Unit{}, nil
	}
	now := n.now()
	n.mu.RLock()
	k, ok := n.kept[id]
	n.mu.RUnlock()
	if ok && now >= k.at && now < k.at.Add(namesFor) {
		return k.unit, nil
	}
	u, err := n.units.Get(ctx, actor.Anonymous(), id)
	if errors.Is(err, record.ErrAbsent) {
		return unit.Unit{}, nil
	}
	if err != nil {
		return unit.Unit{}, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.kept) >= maxNames {
		clear(n.kept)
	}
	n.kept[id] = keptName{u, now}
	return u, nil
}
