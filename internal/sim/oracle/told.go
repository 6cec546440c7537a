package oracle

import (
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// person is a recipient of an occurrence.
type person struct{ occurrence, recipient string }

// toldOnce is one half of L12: nobody is told of the same change by two rows.
// The same row may come twice, after it was unknown; and what a lost message
// may have said in between may have to be taken back.
func (c *checker) toldOnce(h History) {
	last := map[person]HandOver{}
	for _, o := range h.HandOvers {
		if o.Row.Rule != change || o.Outcome != Accepted && o.Outcome != Lost {
			continue
		}
		who := person{o.Row.Occurrence, o.Row.Recipient}
		before, ever := last[who]
		seen := shown(o.Facts.Registration.Shown) // a page may have shown something else in between
		both := ever && before.Outcome == Accepted && o.Outcome == Accepted
		if both && before.Row.ID != o.Row.ID && said(before.Row.Told) == said(o.Row.Told) && !seen.Newer(before.Row.Told) {
			c.addf("L12", o.Row, "told again what row %s had told", before.Row.ID)
		}
		last[who] = o
	}
}

// toldAll is the other half: whoever was told something, and can be reached,
// was last told what is true at the end. The waitlist is included; whoever
// never confirmed is not.
func (c *checker) toldAll(h History) {
	last := map[person]notifications.Told{}
	for _, o := range h.HandOvers {
		who := person{o.Row.Occurrence, o.Row.Recipient}
		if o.Outcome == Accepted && o.Row.Rule != pending && o.Row.Rule != again && o.Row.Rule != surveying {
			last[who] = o.Row.Told
		}
	}
	for _, f := range h.Facts {
		r := f.Registration
		told, ever := last[person{f.Event.ID, "resident:" + r.Resident}]
		if !ever || !f.reachable() || !r.Confirmed || f.needs(resident.ForRegistration) != "" {
			continue
		}
		if r.Reason == registration.ReasonMerged || r.Reason == registration.ReasonErased {
			continue
		}
		if seen := shown(r.Shown); seen.Newer(told) {
			told = seen
		}
		if got, want := said(told), f.now(); got != want && !f.noNews(got, want) && !c.accounted(h, f) {
			c.addf("L12", notifications.Row{Key: notifications.Key{
				Rule: change, Occurrence: f.Event.ID, Recipient: "resident:" + r.Resident,
			}}, "last told %+v, and the facts are %+v", got, want)
		}
	}
}

// noNews reports whether what differs is a seat that matters no more: at an
// event that is over, or cancelled as the person knows.
func (f Facts) noNews(told, now say) bool {
	if told.status == "cancelled" && now.status == "cancelled" {
		return true
	}
	seat := told
	seat.seat = now.seat
	over := f.Registration.State == registration.Attended || f.Registration.State == registration.NotRecorded
	return over && (told.seat == "cancelled" || seat == now)
}

// accounted reports whether a change row says what the facts are, and ended in a
// way that is no news: nobody knows whether it arrived, no server took it, or
// its time was over before the person could be reached.
func (c *checker) accounted(h History, f Facts) bool {
	for _, r := range h.Rows {
		if r.Rule != change || r.Occurrence != f.Event.ID || r.Recipient != "resident:"+f.Registration.Resident || said(r.Told) != f.now() {
			continue
		}
		late := r.State == notifications.Expired && r.Reason == notifications.ReasonLate &&
			r.EndedAt > r.Until && r.Until >= notifications.Millis(f.Event.EndAt)
		if late || r.Left() || r.State == notifications.Dead {
			return true
		}
	}
	return false
}

// shown is what the person saw on a page, in answer to an act of their own.
func shown(s registration.Shown) notifications.Told {
	return notifications.Told{
		Status: s.Status, Seat: s.Seat, Zone: s.Zone, Place: s.Place,
		Start: notifications.Millis(s.Start), End: notifications.Millis(s.End),
		Ver: s.Ver, SeatVer: s.SeatVer, OfferUntil: notifications.Millis(s.OfferUntil),
	}
}
