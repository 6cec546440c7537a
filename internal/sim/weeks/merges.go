package weeks

import (
	"context"
	"fmt"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// merges plans that staff find out that two records are of one person: most
// often when both have registered, and are just being told something.
func (w *writer) merges() {
	for n, one := range w.people {
		if n == 0 || w.people[n-1].unit != one.unit || !w.chance(15) {
			continue
		}
		at := w.between(w.begins+day, w.ends)
		if w.chance(60) {
			at = w.hotTime(one.unit)
		}
		from, to := n, n-1
		if w.chance(50) {
			from, to = to, from
		}
		follows := w.chance(60) // else the planner meets what is left
		w.add(at, "office", fmt.Sprintf("merges %s into %s", w.person(from), w.person(to)), merge(from, to, follows))
	}
}

// hotTime is a moment at which people of the unit are being told something.
func (w *writer) hotTime(unit int) millis {
	var of []*sunday
	for _, e := range w.events {
		if e.unit == unit {
			of = append(of, e)
		}
	}
	if len(of) == 0 {
		return w.begins + day
	}
	e := of[w.r.IntN(len(of))]
	return w.amid([]millis{e.eve(), e.eve(), e.start - 3*hour, e.start - 40*hour}[w.r.IntN(4)])
}

func merge(from, to int, follows bool) doing {
	return func(ctx context.Context, w *world) error {
		loser, err := w.resident(ctx, from)
		if err != nil {
			return err
		}
		winner, err := w.resident(ctx, to)
		if err != nil {
			return err
		}
		if loser.ID == winner.ID {
			return record.ErrAbsent // they are one already
		}
		s := w.office.app.Services
		_, err = s.Residents.Merge(ctx, w.organizer(), loser.ID, winner.ID, 0)
		if err == nil {
			w.merged = append(w.merged, oracle.Merge{At: notifications.Millis(w.now), Winner: winner.ID})
		}
		if err != nil || !follows {
			return err
		}
		_, err = s.Registrations.FollowMerge(ctx, winner.ID)
		return err
	}
}
