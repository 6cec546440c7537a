package resident

import (
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

// fullness is how full an event is, in words.
type fullness struct {
	// All is about the whole event, Slots about each slot in their order.
	All   string
	Slots []string
	// Full is whether whoever comes now has to wait.
	Full bool
}

// fullnessOf puts places into words. Without a limit nobody counts.
func fullnessOf(e event.Event, places []registration.Place, t *i18n.Printer) fullness {
	f := fullness{Slots: make([]string, len(e.Slots))}
	free, taken, limited := 0, 0, e.HasRoll
	for i := range e.Slots {
		left, n, ok := freeIn(e.Slots[i], places)
		ok = ok && e.HasRoll
		limited = limited && ok
		free, taken = free+left, taken+n
		switch {
		case !ok:
			f.Slots[i] = t.Text("page.event.no_limit", nil)
		case left == 0:
			f.Slots[i] = t.Text("page.form.slot.full", nil)
		default:
			f.Slots[i] = t.Count("page.event.seats", left, nil)
		}
	}
	f.Full = limited && free == 0
	switch {
	case !limited:
		f.All = t.Text("page.event.no_limit", nil)
	case f.Full:
		f.All = t.Text("page.event.full", nil)
	case taken == 0:
		f.All = t.Count("page.event.seats", free, nil)
	default:
		f.All = t.Count("page.event.seats_taken", taken, map[string]any{"free": t.Count("page.event.seats", free, nil)})
	}
	return f
}

// freeIn is what is left of a slot, and what is taken; ok is whether it is limited.
func freeIn(s event.Slot, places []registration.Place) (left, taken int, ok bool) {
	for _, p := range places {
		if p.Slot == s.ID {
			return max(p.Capacity-p.Taken, 0), p.Taken, p.Capacity > 0
		}
	}
	return s.Capacity, 0, s.Capacity > 0
}
