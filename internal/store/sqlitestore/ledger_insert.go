package sqlitestore

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// insertSizes are the numbers of rows that one statement inserts, falling.
var insertSizes = []int{32, 8, 1}

// rowsAWrite are the new rows that fill as many pages as another write does.
const rowsAWrite = 12

// ownColumns differ among rows that one rule makes for one occurrence; the rest is
// mostly the same for all of them, and bound once. Order is that of ownValues.
var ownColumns = []string{"id", "recipient", "basis_recipient", "told_seat", "told_seat_ver", "contact", "main_contact", "grp"}

// ownValues are those of ownColumns and the number of a contact that is not kept.
func ownValues(r *notifications.Row) []any {
	return []any{r.ID, r.Recipient, r.OfRecipient, r.Told.Seat, r.Told.SeatVer, r.Contact, r.MainContact, r.Group, numberOf(r.MainContact)}
}

// withoutOwn is the row without what ownValues are.
func withoutOwn(r notifications.Row) notifications.Row {
	r.ID, r.Recipient, r.OfRecipient, r.Told.Seat, r.Told.SeatVer, r.Contact, r.MainContact, r.Group = "", "", 0, "", 0, "", "", ""
	return r
}

// insertion is one statement with its values, and which of the rows it inserts.
type insertion struct {
	text string
	args []any
	ids  []string
	at   []int
}

// Insert writes all rows in one commit: those that are alike together, in the
// order in which the first of them came.
func (l ledger) Insert(ctx context.Context, rows []notifications.Row) ([]bool, error) {
	fresh := make([]bool, len(rows))
	todo := insertions(rows)
	err := l.writeMany(ctx, len(rows)/rowsAWrite, func(s *session) error {
		for _, i := range todo {
			if err := i.run(s, fresh); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, forNotifications(err)
	}
	return fresh, nil
}

func insertions(rows []notifications.Row) []insertion {
	var todo []insertion
	for _, alike := range alikeRows(rows) {
		shared := sharedValues(&rows[alike[0]])
		for len(alike) > 0 {
			size := insertSizes[slices.IndexFunc(insertSizes, func(n int) bool { return n <= len(alike) })]
			i := insertion{text: insertTexts[size], at: alike[:size], ids: make([]string, 0, size), args: make([]any, 0, len(shared)+size*(len(ownColumns)+1))}
			i.args = append(i.args, shared...)
			for _, at := range i.at {
				i.ids = append(i.ids, rows[at].ID)
				i.args = append(i.args, ownValues(&rows[at])...)
			}
			todo = append(todo, i)
			alike = alike[size:]
		}
	}
	return todo
}

// alikeRows gives the places of rows that differ in nothing but their own columns.
func alikeRows(rows []notifications.Row) [][]int {
	var groups [][]int
	by := map[notifications.Row]int{}
	for i := range rows {
		key := withoutOwn(rows[i])
		g, found := by[key]
		if !found {
			g = len(groups)
			by[key] = g
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// run tells new rows from old ones by their rowids only where some were old: new
// ones are above all that were there.
func (i insertion) run(s *session, fresh []bool) error {
	var last sql.NullInt64
	err := s.query(func(rows *sql.Rows) error { return rows.Scan(&last) }, "SELECT max(rowid) FROM ledger")
	if err != nil {
		return err
	}
	n, err := s.exec(i.text, i.args...)
	if err != nil {
		return err
	}
	var created map[string]bool
	if int(n) < len(i.ids) {
		created = make(map[string]bool, n)
		err = s.query(func(rows *sql.Rows) error {
			id, err := column[string](rows)
			created[id] = true
			return err
		}, "SELECT id FROM ledger WHERE rowid > ?", last.Int64)
	}
	for k, id := range i.ids {
		fresh[i.at[k]] = created == nil || created[id]
		delete(created, id) // the same id again in one call is not new
	}
	return err
}

var sharedColumns = slices.DeleteFunc(slices.Concat(identityColumns, stateColumns, []string{"handed", "room"}), isOwn)

func isOwn(column string) bool { return slices.Contains(ownColumns, column) }

// sharedValues are those of sharedColumns, and whether the row counts for a budget.
func sharedValues(r *notifications.Row) []any {
	var shared []any
	values := appendState(appendIdentity(nil, r), r)
	for i, name := range slices.Concat(identityColumns, stateColumns) {
		if !isOwn(name) {
			shared = append(shared, values[i])
		}
	}
	return append(shared, handed(r.State, r.WasUnknown), roomOf(r), r.Budget)
}

// insertTexts are the statements by their numbers of rows. What is shared is bound
// once, and stands before each row.
var insertTexts = func() map[int]string {
	texts := map[int]string{}
	for _, n := range insertSizes {
		texts[n] = "WITH shared (" + strings.Join(sharedColumns, ", ") + ", counts) AS (VALUES (" + marks(len(sharedColumns)+1) + ")), " +
			"own (" + strings.Join(ownColumns, ", ") + ", otherwise) AS (VALUES " + times("("+marks(len(ownColumns)+1)+")", n) + ") " +
			"INSERT OR FAIL INTO ledger (" + strings.Join(slices.Concat(sharedColumns, ownColumns), ", ") + ", budget_of) " +
			"SELECT " + strings.Join(slices.Concat(sharedColumns, ownColumns), ", ") + ", " + budgetOf("counts", "main_contact", "otherwise") +
			" FROM shared CROSS JOIN own WHERE true ON CONFLICT DO NOTHING"
	}
	return texts
}()
