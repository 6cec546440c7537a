package oracle

import (
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// spare is how much of the day has to pass with nothing in the way before a
// message that nobody handed over is nobody's bad luck: workers die and stand
// still for an hour.
const spare = 3 * anHour

// idle is L6 of what is still useful: it goes out. A confirmation, or the news of
// a change, does not expire where for hours of the day the facts were as they
// are, the person could be mailed, nothing was held, and nobody tried. A history
// that does not say when they changed is not judged: somebody may have got a seat
// when all was over.
func (c *checker) idle(h History) {
	if h.ChangedAt == nil {
		return
	}
	tried := map[string]bool{}
	for _, o := range h.HandOvers {
		tried[o.Row.ID] = true
	}
	of := map[toldOf]Facts{}
	for _, f := range h.Facts {
		of[toldOf{occurrence: f.Event.ID, recipient: "resident:" + f.recipient()}] = f
	}
	for _, r := range h.Rows {
		expired := r.State == notifications.Expired && (r.Reason == notifications.ReasonLate || r.Reason == notifications.ReasonOver)
		if !expired || r.Rule != change && r.Rule != confirmation || tried[r.ID] || r.Try > 0 {
			continue
		}
		f, known := of[toldOf{occurrence: r.Occurrence, recipient: r.Recipient}]
		if !known || f.Registration.ID == "" || len(f.Resident.Aliases) > 0 || said(r.Told) != f.now() || f.needs(resident.ForRegistration) != "" {
			continue
		}
		if to := f.reach(contact.Email, r.Rule); to.ID == "" || r.Channel != mail || r.Contact != to.ID {
			continue
		}
		if free := h.free(max(r.Wish, h.settled(f)), min(r.Until, r.EndedAt), r.Unit, f.Event.Zone); free >= spare {
			c.addf("L6", r, "expired as %s, and for %d minutes of the day nothing was in the way", r.Reason, free/60_000)
		}
	}
}

// settled is when something last changed that decides whether, how and what the
// person is told of the event.
func (h History) settled(f Facts) notifications.Millis {
	at := max(notifications.Millis(f.Event.PublishedAt), notifications.Millis(f.Event.LastEditAt), h.ChangedAt[f.Registration.ID], h.ChangedAt[f.Resident.ID])
	for _, c := range f.Contacts {
		at = max(at, h.ChangedAt[c.ID])
	}
	return at
}

// free is how much time of the day there is between two instants in which
// nothing was held.
func (h History) free(from, to notifications.Millis, unit, zone string) (free notifications.Millis) {
	const step = 5 * 60_000
	for at := from; at+step <= to; at += step {
		held := false
		for _, hold := range h.Holds {
			held = held || (hold.Unit == "" || hold.Unit == unit) && at >= hold.From && (hold.To == 0 || at < hold.To)
		}
		if !held && !atNight(at, zone) {
			free += step
		}
	}
	return free
}
