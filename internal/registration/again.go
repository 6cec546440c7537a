package registration

import (
	"context"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// askAgainAfter is how long forms for a registration that is there ask for
// nothing more than the first of them did.
const askAgainAfter = 24 * time.Hour

// again answers a form for a registration that is there. Nothing that was typed
// is kept, and the page shows nothing else. That somebody asked is noted, and
// the ledger mails the way to the own page.
func (s *Service) again(ctx context.Context, e event.Event, in Form, there, want Registration) (Receipt, error) {
	now := s.p.Now()
	if in.Email == "" || !there.mayAsk(in.ID, now) {
		return s.asTyped(ctx, e, in, want)
	}
	_, err := s.p.Registrations.Update(ctx, there.ID, func(r *Registration) error {
		if !r.mayAsk(in.ID, now) {
			return record.ErrUnchanged
		}
		r.LinkAskedAt = now
		r.Touch()
		r.Note(noted(actor.Resident(), now, r, "registration.again", "link_asked_at"))
		return nil
	})
	if err := record.IgnoreAbsent(err); err != nil {
		return Receipt{}, err
	}
	return s.asTyped(ctx, e, in, want)
}

// mayAsk reports whether the form asks for the link: once a day, or after the
// person did something with the last one. The form that made the registration
// asks for nothing.
func (r *Registration) mayAsk(form string, now calendar.Instant) bool {
	recently := r.LinkAskedAt != 0 && now.Sub(r.LinkAskedAt) < askAgainAfter && r.ActedAt <= r.LinkAskedAt
	return r.State.Live() && r.Form != form && !recently
}
