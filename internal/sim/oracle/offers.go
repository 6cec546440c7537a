package oracle

import (
	"time"

	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Offer is a place that was held for somebody until an instant, as it was first
// seen, with the event as it was then.
type Offer struct {
	Registration    string
	At, Until       notifications.Millis
	Start           notifications.Millis
	Zone, Recipient string
	Occurrence      string
}

// Who is asked has until lastAnswer before the start, and at most mostAnswer.
const (
	lastAnswer = anHour
	mostAnswer = 14 * anHour
)

// offered is L5 of offers: who is asked at night need not answer before the
// morning, nor anybody once the start is near, and nobody is asked who has no
// time left.
func (c *checker) offered(h History) {
	for _, o := range h.Offers {
		row := notifications.Row{Key: notifications.Key{Rule: "offer", Occurrence: o.Occurrence, Recipient: o.Recipient}}
		last := o.Start - lastAnswer
		if o.Until > last || o.Until <= o.At || o.Until > o.At+mostAnswer {
			c.addf("L5", row, "offered at %d until %d, and it begins at %d", o.At, o.Until, o.Start)
		}
		// a worker may have stood still since it looked at the time
		asleep := atNight(o.At, o.Zone) && atNight(o.At-anHour, o.Zone)
		if o.Until < last && asleep && atNight(o.Until, o.Zone) {
			c.addf("L5", row, "offered at %d until %d, when people sleep", o.At, o.Until)
		}
	}
	for _, f := range h.Facts {
		r := f.Registration
		if r.State == registration.Unsettled || r.State == registration.Offered && notifications.Millis(r.HoldUntil) < h.End {
			c.addf("L2", notifications.Row{Key: notifications.Key{Occurrence: f.Event.ID, Recipient: "resident:" + r.Resident}}, "the place is still %s", r.State)
		}
	}
}

func atNight(at notifications.Millis, zone string) bool {
	place, err := time.LoadLocation(zone)
	hour := time.UnixMilli(int64(at)).In(place).Hour()
	return err == nil && (hour >= mailTo || hour < mailFrom)
}
