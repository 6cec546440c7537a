package oracle

import "github.com/sunday-with-the-people/sunday/notifications"

// Hold is a time during which nothing of the unit, or nothing at all where
// Unit is empty, may be handed over: asked for, or because a clock is in doubt.
type Hold struct {
	Unit string
	// From and To are domain time; To is 0 for a hold without an end.
	From, To notifications.Millis
}

// noticed is how long a worker may go by what it read of the holds before, and
// end what it had marked by then.
const noticed = 1000 + begunWithin

// unheld is L7: nothing goes out under a hold.
func (c *checker) unheld(h History, o HandOver) {
	for _, hold := range h.Holds {
		covers := hold.Unit == "" || hold.Unit == o.Row.Unit
		if covers && o.At > hold.From+noticed && (hold.To == 0 || o.At < hold.To) {
			c.addf("L7", o.Row, "handed over at %d under a hold from %d to %d", o.At, hold.From, hold.To)
		}
	}
}
