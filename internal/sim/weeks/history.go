package weeks

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// hold stops the sending of a unit, or of everything.
func (w *world) hold(ctx context.Context, unit string) error {
	if err := w.office.app.Hold(ctx, unit, "simulated"); err != nil {
		return err
	}
	w.holds = append(w.holds, oracle.Hold{Unit: unit, From: notifications.Millis(w.now)})
	return nil
}

// release lets a unit send again. From the moment at which it is asked for
// nobody can tell whether the hold still stands.
func (w *world) release(ctx context.Context, unit string) error {
	for i := range w.holds {
		if h := &w.holds[i]; h.Worker == "" && h.Unit == unit && h.To == 0 {
			h.To = notifications.Millis(w.now)
		}
	}
	_, err := w.office.app.Release(ctx, unit)
	return err
}

// history is all that happened and how it ended, for the oracle.
func (w *world) history(ctx context.Context) (oracle.History, error) {
	h := oracle.History{
		HandOvers: w.post.handed, Holds: w.holds, Scans: w.post.scanner.scans,
		Prints: w.prints, Calls: w.calls, Refusals: w.refusals, Merges: w.merged, Offers: w.offers, RuleAt: w.ruleAt, ChangedAt: w.changedAt, End: notifications.Millis(w.now),
	}
	for _, e := range w.plan.events {
		rows, err := w.truth.Ledger.BySubject(ctx, e.part(), e.id, nil)
		if err != nil {
			return h, err
		}
		h.Rows = append(h.Rows, rows...)
		facts, err := w.factsAtEnd(ctx, e.id, rows)
		if err != nil {
			return h, err
		}
		h.Facts = append(h.Facts, facts...)
		if h.Readers, err = w.readers(ctx, e, h.Readers); err != nil {
			return h, err
		}
	}
	return h, nil
}

// staff are the officials of all units.
func staff(units []string) (organizer, approver actor.Actor) {
	var grants []actor.Grant
	for _, u := range units {
		grants = append(grants, actor.Grant{Role: actor.Organizer, Unit: u}, actor.Grant{Role: actor.CheckIn, Unit: u})
	}
	return actor.Staff("organizer", grants, actor.AllScopes), actor.Staff("approver", []actor.Grant{
		{Role: actor.Approver, Unit: units[0]},
	}, actor.AllScopes)
}
