package notifications

import (
	"context"
	"errors"
)

// ErrUnavailable is wrapped by every port whose store cannot be reached.
var ErrUnavailable = errors.New("notifications: store unavailable")

// Ledger keeps rows. Every write of a row raises its Gen. Any call may fail
// after it was applied; callers recognise that by the row's id, Gen or Batch.
// Lists are ordered as stated, never by chance.
type Ledger interface {
	// Insert adds rows and reports for each whether it was new. An id that is
	// there already is left as it is.
	Insert(ctx context.Context, rows []Row) (fresh []bool, err error)
	// Change replaces rows whose stored Gen and State are as seen, raises Gen,
	// and reports for each whether it was applied. Order does not matter; a
	// missed one is no error.
	Change(ctx context.Context, changes []Change) (applied []bool, err error)
	// DueParts returns those of the parts in which some lane of the channel has
	// planned rows with Due <= now, ascending. It is what a worker asks again and
	// again instead of every lane of every part.
	DueParts(ctx context.Context, parts []int, channel string, now Millis) ([]int, error)
	// NextDue returns when the first planned row of the parts and the channel comes
	// due after one instant and not later than another, 0 where none does.
	NextDue(ctx context.Context, parts []int, channel string, after, until Millis) (Millis, error)
	// Due returns planned rows of one part and lane with Due <= now, ordered by
	// due, group, id; at most limit.
	Due(ctx context.Context, part int, lane Lane, now Millis, limit int) ([]Row, error)
	// DueOutside is Due without the rows of the units, of which there is at
	// least one: what goes out while those are held. However many rows they
	// have, none of them is read.
	DueOutside(ctx context.Context, part int, lane Lane, now Millis, units []string, limit int) ([]Row, error)
	// Mark moves those of the rows that are planned and due to sending, with the
	// mark's batch, fence and time, and returns as they are now those that carry
	// the batch, ordered by due, group, id. Of the rows as they were read their
	// ids choose; one whose Gen says that it is still what was read need not be
	// read again. Called again with the same batch it returns the same rows.
	Mark(ctx context.Context, part int, seen []Row, m Mark) ([]Row, error)
	// Bind stores Message-IDs and contacts on rows that are sending with the
	// batch, before their hand-over; others are left as they are. See Row.Bound.
	Bind(ctx context.Context, part int, binds []Bind) error
	// GiveBack moves rows that are sending with the batch to planned again, and
	// sets NotBefore, Due, Reason and lane as given; Try stays. A row that was
	// unknown keeps WasUnknown.
	GiveBack(ctx context.Context, part int, backs []Back) error
	// Settle stores results where the batch is the row's and its state is
	// sending, unknown, or planned and was unknown: a late answer beats a sweep.
	// A result that is Unknown applies to sending rows only. See Row.Settled.
	Settle(ctx context.Context, part int, results []Result) error
	// BegunParts returns those of the parts that have a row which is sending or
	// unknown(no_reply), ascending: in no other would Sweep find anything. One
	// whose last result was stored a moment ago may still be among them.
	BegunParts(ctx context.Context, parts []int) ([]int, error)
	// Sweep takes the rows of the part that are sending with a fence lower than
	// s.FenceBelow, or sending with SendingAt before s.SendingBefore (process
	// time): those that MayHaveBegun names move as Row.Swept says, to planned
	// with a not-before where they are resent, else to unknown(left); all others
	// as Row.NotBegun says. The first s.Limit rows by id that are
	// unknown(no_reply) move as Row.Swept says too. It returns how many it moved;
	// one that changes meanwhile is left to its change.
	Sweep(ctx context.Context, part int, s Sweep) (int, error)
	// BySubject returns all rows of an occurrence for the recipients (all of
	// them if nil), of every rule and round, ordered by recipient, rule, round.
	BySubject(ctx context.Context, part int, occurrence string, recipients []string) ([]Row, error)
	// Sharing returns the rows of the part that have one of the Message-IDs
	// stored, ordered by id.
	Sharing(ctx context.Context, part int, messageIDs []string) ([]Row, error)
	// Handed returns what counts for the budgets of the main contacts, in all
	// parts: rows with Budget that are sending, printed, sent, or were ever
	// unknown, and of these all that are sending or printed, ended after since, or
	// are of one of the occurrences, but none of q.But; ordered by main contact,
	// then id. It is one read, whatever the number of contacts.
	Handed(ctx context.Context, q HandedQuery) ([]Handed, error)
}

// HandedQuery chooses rows for Handed. Contacts are main contacts, none empty;
// But are ids of rows that the caller knows, and that need not be looked at.
type HandedQuery struct {
	Contacts, Occurrences, But []string
	Since                      Millis // domain time
}

// Handed is as much of a row as counts for a budget.
type Handed struct {
	ID          string `json:"_id"`
	MainContact string `json:"main_contact"`
	Occurrence  string `json:"occurrence"`
	MessageID   string `json:"message_id"`
	State       State  `json:"state"`
	WasUnknown  bool   `json:"was_unknown"`
	EndedAt     Millis `json:"ended_at"`
}

// Bind gives a row the Message-ID of its mail, and the contact that it goes to:
// a keyed hash, "" to leave the row's.
type Bind struct{ ID, Batch, MessageID, Contact string }

// Change is one compare-and-set of the planner.
type Change struct {
	// SeenGen and SeenState are what the planner read.
	SeenGen   int64
	SeenState State
	// Row is the whole new row, Gen as seen.
	Row Row
}

// Mark names one take of rows by one connection.
type Mark struct {
	Batch string
	Fence int64
	// Now is domain time: only rows with Due <= Now are taken.
	Now Millis
	// At is process time.
	At Millis
}

// Back is a row that is given back unsent.
type Back struct {
	ID, Batch string
	NotBefore Millis
	Reason    Reason
	// Lane corrects a wrong hint; the zero Lane keeps the row's.
	Lane Lane
	// TryMore raises Try by one: after a temporary refusal.
	TryMore bool
	// Error is the refusal's masked text.
	Error string
}

// Result is how a hand-over ended: Sent, Dead, Unknown, Suppressed or Expired.
type Result struct {
	ID, Batch string
	State     State
	Reason    Reason
	Error     string
	// At is domain time.
	At Millis
}

// Sweep says which sending rows nobody holds any more.
type Sweep struct {
	FenceBelow    int64
	SendingBefore Millis // process time
	Now           Millis // domain time
	// RetryAfter is added to Now for rows that are planned again, doubled per unknown.
	RetryAfter Millis
	// MaxUnknowns is how often a row may be resent.
	MaxUnknowns int
	// Limit bounds the rows of state unknown; those sending are bounded by the marks.
	Limit int
}

// Filter chooses rows for Report. Empty fields do not restrict; what was sent has
// no reason.
type Filter struct {
	Part       int // of the occurrence
	Occurrence string
	Recipient  string
	States     []State
	Reasons    []Reason
}

// Report reads the ledger for people.
type Report interface {
	// Rows returns rows by id after the given one, at most limit. Occurrence or
	// Recipient must be set.
	Rows(ctx context.Context, f Filter, after string, limit int) ([]Row, error)
	// Counts returns the number of rows of an occurrence per rule, state and reason.
	Counts(ctx context.Context, part int, occurrence string) ([]Count, error)
	// Backlog counts open rows that are due, and the age basis of the oldest.
	Backlog(ctx context.Context, now Millis) (due int, oldest Millis, err error)
	// Forget removes recipient, hashes and Message-ID from rows that ended
	// before the instant, keeping counts; it returns how many, at most limit.
	Forget(ctx context.Context, endedBefore Millis, limit int) (int, error)
	// Erase does as Row.Erased says with every row of the recipient, and returns
	// how many still name the recipient because they are under way.
	Erase(ctx context.Context, recipient string, now Millis) (left int, err error)
	// Doubt does as Row.Doubted says with rows of the part and the doubt's lane
	// that are planned or sending and whose Due is not after d.Until, those that
	// are due first going first, and returns how many it moved, at most d.Limit.
	// What was moved is no longer found, so a call that is made again goes on.
	Doubt(ctx context.Context, part int, d Doubt) (int, error)
}

// Doubt is about rows of a restored ledger: what fell due since the backup was
// made may have been handed over, and nothing here knows of it.
type Doubt struct {
	Lane Lane
	// Until is the last due time in doubt, Now when the doubt is raised; both
	// are domain time.
	Until, Now Millis
	Limit      int
}

// Count is a number of rows alike.
type Count struct {
	Rule   string
	State  State
	Reason Reason
	Rows   int
}

// Hold stops sending for a unit, or for the whole system where Unit is empty.
type Hold struct {
	Unit   string `json:"_id"`
	Reason string `json:"reason"`
	By     string `json:"by"`
	At     Millis `json:"at"`
}

// Holds keeps the holds. Every worker reads them at every round.
type Holds interface {
	// Hold stores a hold; one that is there already is kept.
	Hold(ctx context.Context, h Hold) error
	// Release removes the hold of the unit, "" for the system's, and reports whether there was one.
	Release(ctx context.Context, unit string) (bool, error)
	// List returns all holds, ordered by unit.
	List(ctx context.Context) ([]Hold, error)
}

// Do is what a Source decides for a marked row.
type Do uint8

// The decisions. Leave ends a row that was unknown as unknown(left). Join has
// the row share the message of another row of the batch, which is sent.
const (
	DoSend Do = iota + 1
	DoSuppress
	DoExpire
	DoDefer
	DoLeave
	DoJoin
)

// Verdict is a Source's decision on one row.
type Verdict struct {
	RowID  string
	Do     Do
	Reason Reason
	// NotBefore and Lane go with DoDefer.
	NotBefore Millis
	Lane      Lane
	// Message goes with DoSend.
	Message Message
	// Lead goes with DoJoin: the id of the row whose message it shares, which
	// comes before it in the batch.
	Lead string
}

// Message is what is handed over. It exists in memory only.
type Message struct {
	// To is the plain address; Contact its keyed hash.
	To, Contact string
	From        string
	Subject     string
	Text, HTML  Text
	// Calendar is a whole iCalendar object, empty for none; Method its METHOD.
	Calendar []byte
	Method   string
	Language string
	// Unsubscribe is the one-click URL of RFC 8058, empty for none.
	Unsubscribe string
	// MessageID without angle brackets; Date is domain time.
	MessageID string
	Date      Millis
	// Boundary separates the alternatives; derived from the row.
	Boundary string
}

// Source decides marked rows and makes their messages. It reads the facts
// after the mark, and reads nothing that it read before.
type Source interface {
	// Decide returns one verdict per row, in the rows' order.
	Decide(ctx context.Context, now Millis, rows []Row) ([]Verdict, error)
	// Refused is told that a contact refused the message of the rows for good: it
	// suppresses the contact, and returns the lane of each row's next reach, the
	// zero Lane where there is none. With an error the lanes may be missing.
	Refused(ctx context.Context, now Millis, rows []Row, contact string) (next []Lane, err error)
	// Exhausted is told of rows that are given up after temporary refusals, before
	// that is stored: others may have to take their place.
	Exhausted(ctx context.Context, rows []Row) error
}

// Channel hands messages over. Open may wait for a free connection.
type Channel interface {
	// Name is the lane's channel, such as "smtp".
	Name() string
	// Open returns a connection that is ready to send. An error means that the
	// server cannot be reached: it costs no tries and marks nothing.
	Open(ctx context.Context) (Conn, error)
}

// Conn is one open connection of a channel, used by one goroutine at a time.
type Conn interface {
	// Send hands one message over. nil means accepted; a *Refusal says what the
	// server answered, or that nothing was handed over; any other error leaves
	// it unknown whether the message was accepted.
	Send(ctx context.Context, m Message) error
	// Usable reports whether another Send may be tried.
	Usable() bool
	// Close returns the connection to its pool, or ends it.
	Close() error
}

// Refusal is a hand-over that surely did not happen.
type Refusal struct {
	// Temporary refusals are tried again with backoff.
	Temporary bool
	// NoTry is a temporary failure of the connection rather than of the
	// message: it raises no try.
	NoTry bool
	// Recipient says that the refusal is of this contact (RCPT 5xx), not of the message.
	Recipient bool
	Code      int
	// Text is the server's answer with addresses masked.
	Text string
}

// Error is the code and the masked text.
func (r *Refusal) Error() string { return r.Text }

// Lease is a worker's hold of one part. It only saves work and guards nothing
// but the start of hand-overs.
type Lease interface {
	Part() int
	// Fence is higher for every new owner of the part.
	Fence() int64
	// Orphan reports whether the owner before is known to be over, so that none
	// of its hand-overs is still under way.
	Orphan() bool
	// Swept says that what the owner before left behind has been moved, as far as
	// that may be yet.
	Swept()
	// MayBegin reports whether a hand-over may still be begun: the last renewal
	// is less than 20 s ago by process time.
	MayBegin() bool
}
