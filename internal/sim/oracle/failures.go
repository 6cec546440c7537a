package oracle

import "github.com/sunday-with-the-people/sunday/notifications"

// Backoff as L8 has it: at least three quarters of two minutes, doubled with
// every try up to four hours; and a limit of tries.
const (
	firstWait = 2 * 60 * 1000 * 3 / 4
	mostWait  = 4 * anHour * 3 / 4
	mostTries = 8
)

// failures is L8: who refused for good gets nothing more there, what was
// refused for now waits longer each time, and only a refusal or an unknown is
// a try.
func (c *checker) failures(h History) {
	refused := map[string]HandOver{} // contact -> the mail that it refused
	last := map[string]HandOver{}
	tries := map[string]int{}
	for _, o := range h.HandOvers {
		by, ever := refused[o.Message.Contact]
		if ever && !o.Unheard && by.Message.MessageID != o.Message.MessageID && o.At > by.At+begunWithin {
			c.addf("L8", o.Row, "handed over to a contact that had refused for good")
		}
		if o.OfContact && o.Outcome == RefusedForGood {
			refused[o.Message.Contact] = o
		}
		c.patient(last[o.Row.ID], o)
		last[o.Row.ID] = o
		if o.Outcome == RefusedForNow && o.Counts {
			tries[o.Row.ID]++
		}
	}
	for _, r := range h.Rows {
		if r.Try > tries[r.ID]+r.Unknowns {
			c.addf("L8", r, "%d tries, of %d refusals and %d unknowns", r.Try, tries[r.ID], r.Unknowns)
		}
	}
}

// patient holds a hand-over against the one before it of the same row. What is
// waited for is the refusal; a mark of which nobody knew since is a try, too, with
// a wait of its own.
func (c *checker) patient(before, o HandOver) {
	if try := before.Row.Try + 1; before.Outcome == RefusedForNow && before.Counts && o.At-before.At < waitAfter(try) {
		c.addf("L8", o.Row, "tried again after %d ms, the try %d", o.At-before.At, try)
	}
	if o.Row.Try >= mostTries {
		c.addf("L8", o.Row, "handed over after %d tries", o.Row.Try)
	}
}

func waitAfter(try int) notifications.Millis {
	if try < 1 {
		return 0
	}
	return min(notifications.Millis(firstWait)<<min(try-1, 12), mostWait)
}
