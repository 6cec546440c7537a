package oracle

import "github.com/sunday-with-the-people/sunday/notifications"

// Hold is a time during which nothing of the unit, or nothing at all where
// Unit is empty, may be handed over: asked for, or, of one Worker, because its
// clock is in doubt.
type Hold struct {
	Unit, Worker string
	// From and To are domain time; To is 0 for a hold without an end.
	From, To notifications.Millis
}

// noticed is how long a worker may go by what it read of the holds before, and
// end what it had marked by then.
const noticed = 1000 + begunWithin

// unheld is L7: nothing goes out under a hold.
func (c *checker) unheld(h History, at notifications.Millis, row notifications.Row, by string) {
	for _, hold := range h.Holds {
		covers := (hold.Unit == "" || hold.Unit == row.Unit) && (hold.Worker == "" || hold.Worker == by)
		if covers && at > hold.From+noticed && (hold.To == 0 || at < hold.To) {
			c.addf("L7", row, "handed over at %d under a hold %sfrom %d to %d", at, ofWorker(hold), hold.From, hold.To)
		}
	}
}

func ofWorker(h Hold) string {
	if h.Worker == "" {
		return ""
	}
	return "of " + h.Worker + "'s clock "
}
