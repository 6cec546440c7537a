package oracle

import (
	"fmt"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Names of the built-in rules, as they stand in rows.
const (
	pending      = "pending"
	confirmation = "confirmation"
	again        = "again"
	change       = "change"
	surveying    = "survey"
	// changeOnPaper is an urgent change by a call.
	changeOnPaper = change + "_paper"
)

// Outcome is how a hand-over ended on the server's side.
type Outcome int

// The outcomes. Whether the answer reached the worker is not part of it.
const (
	Accepted Outcome = iota + 1
	RefusedForNow
	RefusedForGood
	// Lost is a message that the server does not have, though it never said so.
	Lost
)

// String names the outcome.
func (o Outcome) String() string {
	switch o {
	case Accepted:
		return "accepted"
	case RefusedForNow:
		return "refused for now"
	case RefusedForGood:
		return "refused for good"
	case Lost:
		return "lost"
	}
	return "nothing"
}

// Facts are what the store says of one recipient of one event. What is absent
// is the zero value.
type Facts struct {
	Event event.Event
	// Registration is that of the recipient's id, Others are those that the person
	// has under ids of before a merge, or after it.
	Registration registration.Registration
	Others       []registration.Registration
	// Resident is the record that lives on, Contacts are its contacts in order.
	Resident resident.Resident
	Contacts []contact.Contact
	Survey   survey.Survey
	// Reminders are the rules of the event and of the units Above it, nearest
	// first, whether they hold or not.
	Reminders []reminder.Rule
	Above     []string
}

// ids are all ids that the person has or had.
func (f Facts) ids() []string { return append([]string{f.Resident.ID}, f.Resident.Aliases...) }

// HandOver is one message that reached a server, with what the store said at
// that moment.
type HandOver struct {
	At      notifications.Millis // domain time
	Message notifications.Message
	// Row is the one that the Message-ID names, without an id if there is none. Of
	// a mail that several rows share there is one HandOver for each.
	Row   notifications.Row
	Facts Facts
	// Before is what the store said before each write of a fact in the five
	// seconds before, once the row was marked.
	Before  []Facts
	Outcome Outcome
	// OfContact says that a refusal was of the recipient, not of the message.
	OfContact bool
	// Counts says that a refusal for now was of the message: it is a try.
	Counts bool
	// Unheard says that the contact had refused for good before, and that the ledger
	// had each such hand-over as under way or unknown: the worker stood still since.
	Unheard bool
	// ToldBefore is the start that the person was told last before, 0 for none.
	ToldBefore notifications.Millis
	// By names the worker that handed it over.
	By string
	// Wrong is by how much that worker's clock was wrong. It went by it if the
	// clock was not in doubt any more: clocks that go on wrong together are
	// believed in the end.
	Wrong notifications.Millis
}

// clocks are the times that it was, and that the worker took it to be.
func (o HandOver) clocks() []notifications.Millis {
	return []notifications.Millis{o.At, o.At + o.Wrong}
}

// Merge is when staff found out that a record is the winner's, too.
type Merge struct {
	At     notifications.Millis
	Winner string
}

// History is all that happened, and how it ended.
type History struct {
	HandOvers []HandOver // in their order
	// Rows are all rows at the end, and Facts of each registration at the end.
	Rows  []notifications.Row
	Facts []Facts
	// Holds are all that there were, and Scans all links that were fetched.
	Holds []Hold
	Scans []Scan
	// Prints are all rows that were put on sheets, Calls what came of them.
	Prints []Print
	Calls  []Call
	// Refusals are the times in which contacts are to be left alone.
	Refusals []Refusal
	Merges   []Merge
	// Offers are all places that were held for an answer.
	Offers []Offer
	// Readers are the facts at the end of people whom an event may be news to,
	// RuleAt is when each reminder rule was made, edited or removed last.
	Readers []Facts
	RuleAt  map[string]notifications.Millis
	// ChangedAt is when a registration's seat, a resident or a contact was changed
	// last, by its id; nil if nobody wrote it down.
	ChangedAt map[string]notifications.Millis
	// End is the domain time of the end.
	End notifications.Millis
}

// Violation is a rule that was broken.
type Violation struct {
	// Rule is "L1" to "L12".
	Rule string
	// Row is the row's id, empty where none is concerned.
	Row  string
	Text string
}

// String is one line.
func (v Violation) String() string { return fmt.Sprintf("%s row %s: %s", v.Rule, v.Row, v.Text) }

// Check holds the history to L1 to L12, once everything that is to happen has
// happened.
func Check(h History) []Violation {
	c := &checker{}
	c.once(h)
	c.closed(h)
	for _, o := range h.HandOvers {
		c.durable(o)
		c.trueThen(o)
		c.inQuiet(o)
		c.inTime(o)
		c.inLimit(o)
		c.unheld(h, o.At, o.Row, o.By)
		c.left(h, o.At, o.Row, o.Message.Contact)
	}
	for _, p := range h.Prints {
		c.printed(h, p)
	}
	c.expired(h)
	c.idle(h)
	c.complete(h)
	c.failures(h)
	c.scanned(h)
	c.frugal(h)
	c.together(h)
	c.households(h)
	c.toldOnce(h)
	c.toldAll(h)
	c.offered(h)
	c.announced(h)
	return c.found
}

type checker struct{ found []Violation }

func (c *checker) addf(rule string, row notifications.Row, format string, args ...any) {
	text := fmt.Sprintf("%s of %s, round %d: ", row.Rule, row.Recipient, row.Round) + fmt.Sprintf(format, args...)
	c.found = append(c.found, Violation{Rule: rule, Row: row.ID, Text: text})
}
