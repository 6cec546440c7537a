package demo

import (
	"math/rand/v2"
	"slices"
	"time"
)

// arrival is when somebody registers.
type arrival struct {
	at  time.Time
	who person
}

// toConfirm is how long residents take at most to follow the link in their mail.
const toConfirm = time.Hour

// joining is the time in which residents register, from half an hour after the
// publication until six on the eve. A demo that begins too late for that, but
// before the start, has them come within the hour, whatever the time of day.
func joining(now, start time.Time) (from, until time.Time, late bool) {
	from, until = now.Add(30*time.Minute), on(start, -1, 18)
	if from.Before(until) {
		return from, until, false
	}
	return now, now.Add(time.Hour), true
}

// arrivals spreads who joins over that time; by night nobody registers.
func arrivals(now, start time.Time, who []person, r *rand.Rand) []arrival {
	from, until, late := joining(now, start)
	all := make([]arrival, 0, len(who))
	for _, one := range who {
		at := from.Add(time.Duration(r.Int64N(int64(until.Sub(from)))))
		if hour := at.In(start.Location()).Hour(); !late && (hour < 7 || hour >= 21) {
			at = on(start, -1, 8).Add(time.Duration(r.IntN(120)) * time.Minute)
		}
		all = append(all, arrival{at, one})
	}
	slices.SortStableFunc(all, func(a, b arrival) int { return a.at.Compare(b.at) })
	return all
}

// counts are when it is told how many have registered: of the usual times those
// that are to come, and in any case once more, when all had the time to confirm.
func counts(now, start time.Time) []time.Time {
	last := on(start, -1, 18).Add(30 * time.Minute)
	if _, until, late := joining(now, start); late {
		last = until.Add(toConfirm)
	}
	return slices.DeleteFunc([]time.Time{on(start, -2, 12), on(start, -2, 20), last}, now.After)
}
