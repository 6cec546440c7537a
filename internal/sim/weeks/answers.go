package weeks

import (
	"context"
	"fmt"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// answers plans that somebody says whether they come: at night, when a place is
// offered them, and in the last hours, early and too late.
func (w *writer) answers(n int, e *sunday) {
	if w.chance(45) {
		at := w.between(e.start-14*hour, e.start)
		if w.chance(40) { // when an offer of the night ends
			at = e.start - millis(w.r.IntN(240))*minute
		}
		w.add(at, w.person(n), "comes to "+w.name(e), coming(n, e))
	}
	if w.chance(30) { // a place that is offered to the next
		at := e.start - []millis{10 * hour, 11 * hour, 8 * hour, 34 * hour, 3 * hour}[w.r.IntN(5)] + millis(w.r.IntN(100))*minute
		w.add(at, w.person(n), "cannot come to "+w.name(e), giveUp(n, e))
	}
}

func coming(n int, e *sunday) doing {
	return func(ctx context.Context, w *world) error {
		l := w.links(n, e)
		if l.own == "" {
			return errNoLink
		}
		_, err := w.office.app.Services.Registrations.ComingOwn(ctx, l.own, fmt.Sprintf("comes-%d-%d", n, w.now))
		return err
	}
}

// noteOffer keeps an offer when it is first seen.
func (w *world) noteOffer(e event.Event, r registration.Registration) {
	until := notifications.Millis(r.HoldUntil)
	for _, o := range w.offers {
		if o.Registration == r.ID && o.Until == until {
			return
		}
	}
	w.tellf("office", "a place is held at %s", w.names.event(e.ID))
	w.offers = append(w.offers, oracle.Offer{
		Registration: r.ID, At: notifications.Millis(w.now), Until: until, Start: notifications.Millis(e.StartAt),
		Zone: e.Zone, Occurrence: e.ID, Recipient: outreach.RecipientOf(r.Resident),
	})
}
