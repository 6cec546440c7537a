package oracle

import (
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// person is a recipient of an occurrence.
type person struct{ occurrence, recipient string }

// toldOnce is one half of L12: nobody is told of the same change by two rows.
// The same row may come twice, after it was unknown.
func (c *checker) toldOnce(h History) {
	last := map[person]HandOver{}
	for _, o := range h.HandOvers {
		if o.Row.Rule != change || o.Outcome != Accepted {
			continue
		}
		who := person{o.Row.Occurrence, o.Row.Recipient}
		before, ever := last[who]
		if ever && before.Row.ID != o.Row.ID && said(before.Row.Told) == said(o.Row.Told) {
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
		if o.Outcome == Accepted && o.Row.Rule != pending && o.Row.Rule != surveying {
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
		if got, want := said(told), f.now(); got != want {
			c.addf("L12", notifications.Row{Key: notifications.Key{
				Rule: change, Occurrence: f.Event.ID, Recipient: "resident:" + r.Resident,
			}}, "last told %+v, and the facts are %+v", got, want)
		}
	}
}

// shown is what the person saw on a page, in answer to an act of their own.
func shown(s registration.Shown) notifications.Told {
	return notifications.Told{
		Status: s.Status, Seat: s.Seat, Zone: s.Zone, Place: s.Place,
		Start: notifications.Millis(s.Start), End: notifications.Millis(s.End),
		Ver: s.Ver, SeatVer: s.SeatVer, OfferUntil: notifications.Millis(s.OfferUntil),
	}
}
