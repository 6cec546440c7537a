package paper

import (
	"context"
	"errors"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// Refusals.
var (
	// ErrAbsent: there is no such sheet.
	ErrAbsent = errors.New("paper: no such sheet")
	// ErrNothing: nothing is due for the village, and no sheet is open.
	ErrNothing = errors.New("paper: nothing to print")
	// ErrHeld: sending is held for the unit, and printing with it.
	ErrHeld = errors.New("paper: sending is held")
	// ErrContended: others changed the sheet again and again.
	ErrContended = errors.New("paper: the sheet is being changed by others")
	// ErrLine: the sheet has no such line.
	ErrLine = errors.New("paper: no such line")
	// ErrEmpty: the line has no entry to take back.
	ErrEmpty = errors.New("paper: nothing was entered")
	// ErrOnlyPerson: only the person takes "never again" back.
	ErrOnlyPerson = errors.New("paper: only the person takes that back")
	// ErrMoved: the message has changed since.
	ErrMoved = errors.New("paper: the message has changed")
	// ErrLate: it is past the time up to which a result counts.
	ErrLate = errors.New("paper: too late")
)

// Place is where a list of rows goes on: after the due time and id.
type Place struct {
	Due notifications.Millis
	ID  string
}

// Rows reads the ledger for paper. Lists are ordered as stated.
type Rows interface {
	// Waiting returns planned rows of the unit on paper, of one class, with
	// Due <= now, by due, id, after the place; at most limit.
	Waiting(ctx context.Context, unit string, class notifications.Class, now notifications.Millis, after Place, limit int) ([]notifications.Row, error)
	// Printed returns printed rows of the unit by id, after the id; at most limit.
	Printed(ctx context.Context, unit, after string, limit int) ([]notifications.Row, error)
	// Many returns those of the ids that are rows of the part, by id.
	Many(ctx context.Context, part int, ids []string) ([]notifications.Row, error)
	// Overdue returns rows on paper in the state, printed or planned, with
	// 0 < Until < now, by until, id; at most limit.
	Overdue(ctx context.Context, state notifications.State, now notifications.Millis, limit int) ([]notifications.Row, error)
}

// Filter chooses sheets. Unit is required, empty fields do not restrict.
type Filter struct {
	Unit, Village string
	// Open leaves out what is closed.
	Open bool
}

// Sheets keeps sheets.
type Sheets interface {
	// Insert stores a sheet with Ver 1 and reports whether it was new. One that
	// is there already is left as it is.
	Insert(ctx context.Context, s Sheet) (bool, error)
	// Get reports whether there is such a sheet.
	Get(ctx context.Context, id string) (Sheet, bool, error)
	// Swap replaces the sheet where the stored Ver is s.Ver, which it raises, and
	// reports whether it did.
	Swap(ctx context.Context, s Sheet) (bool, error)
	// List returns sheets by id, the newest first, below the id ("" for the
	// first); at most limit.
	List(ctx context.Context, f Filter, below string, limit int) ([]Sheet, error)
	// Pending returns sheets with entries that are not done, by id; at most limit.
	Pending(ctx context.Context, limit int) ([]Sheet, error)
	// Over returns sheets that are not closed with Until < now, by until, id; at
	// most limit.
	Over(ctx context.Context, now notifications.Millis, limit int) ([]Sheet, error)
	// Purge deletes closed sheets with ClosedAt < before, those first that were
	// closed first; it returns how many, at most limit.
	Purge(ctx context.Context, before notifications.Millis, limit int) (int, error)
}

// Changer is the ledger's compare-and-set.
type Changer interface {
	Change(ctx context.Context, changes []notifications.Change) (applied []bool, err error)
}

// Verdict is a Source's decision on a row that is to be printed.
type Verdict struct {
	RowID string
	// Do is DoSend for a row that may be printed.
	Do     notifications.Do
	Reason notifications.Reason
	// NotBefore and Lane go with DoDefer.
	NotBefore notifications.Millis
	Lane      notifications.Lane
	// Village, Kind and Contact, a keyed hash and empty for a letter, go with
	// DoSend; Order too, which sorts people on a sheet and is kept nowhere.
	Village string
	Order   string
	Kind    Kind
	Contact string
}

// Source decides which rows may be printed, and takes what calls tell of facts.
type Source interface {
	// Printable reads the facts of the rows again, after the rows, and returns one
	// verdict per row, in their order.
	Printable(ctx context.Context, now notifications.Millis, rows []notifications.Row) ([]Verdict, error)
	// WrongNumber suppresses the row's contact, and returns the lane of the row's
	// next reach where there is one. Telling it twice is telling it once.
	WrongNumber(ctx context.Context, by string, now notifications.Millis, row notifications.Row) (next notifications.Lane, more bool, err error)
	// RightNumber takes that back.
	RightNumber(ctx context.Context, by string, row notifications.Row) error
	// NeverAgain stops everything to the person's contact, on the person's word.
	NeverAgain(ctx context.Context, by string, row notifications.Row) error
	// LookAgain has the planner look at the row's facts.
	LookAgain(ctx context.Context, row notifications.Row) error
}
