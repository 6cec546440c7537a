package outreach_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// benchPeople is how many people one event of the benchmark has.
const benchPeople = 5000

// BenchmarkPlanner plans whole events on SQLite with synchronous=FULL, and
// inserts the same rows into the same table in one prepared statement of 50
// rows at a time: the raw limit of the same run. Only planning is timed.
func BenchmarkPlanner(b *testing.B) {
	ctx := b.Context()
	path := filepath.Join(b.TempDir(), "s.db")
	s, err := sqlitestore.Open(ctx, sqlitestore.Options{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	set := s.Set()
	defer func() {
		if err := set.Health.Close(); err != nil {
			b.Error(err)
		}
	}()
	stores := outreach.Stores{
		Events: set.Events, Registrations: set.Registrations, Rolls: set.Rolls, Reminders: set.Rules,
		Residents: set.Residents, Contacts: set.Contacts, Surveys: set.Surveys, Ledger: set.Ledger, Units: set.Units, Report: set.Reports,
	}
	planner := outreach.NewPlanner(stores, func() notifications.Millis { return millis(before(100 * time.Hour)) })
	raw := openRaw(b, path)
	var planned, inserted time.Duration
	rows, n := 0, 0
	for b.Loop() {
		b.StopTimer()
		eventID := id.Hash(fmt.Sprint("bench", n))
		fillEvent(b, set, eventID, n)
		raw.moveLog(b) // what was written before is not charged to planning
		n++
		b.StartTimer()
		began := time.Now()
		done, err := planner.Plan(ctx, id.Part(eventID))
		planned += time.Since(began)
		b.StopTimer()
		if err != nil || done.Inserted != 2*benchPeople {
			b.Fatal(done, err)
		}
		made := raw.read(b, eventID)
		began = time.Now()
		raw.insert(b, made)
		inserted += time.Since(began)
		rows += len(made)
		b.StartTimer()
	}
	b.ReportMetric(float64(rows)/planned.Seconds(), "rows/s")
	b.ReportMetric(float64(rows)/inserted.Seconds(), "raw-rows/s")
	b.ReportMetric(inserted.Seconds()/planned.Seconds(), "of-raw")
}

// fillEvent stores a published event with benchPeople who have a contact each.
func fillEvent(b *testing.B, set *store.Set, eventID string, n int) {
	b.Helper()
	f, p := scene()
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	e := f.Event
	e.ID, e.Ver, e.PlanVer, e.Part = eventID, 0, 0, id.Part(eventID)
	e.Touch()
	must(set.Events.Create(b.Context(), &e))
	r := dayBefore()
	r.ID, r.Owner = id.Hash("rule", eventID), eventID
	must(set.Rules.Create(b.Context(), &r))
	var wg errgroup.Group
	wg.SetLimit(64)
	for i := range benchPeople {
		wg.Go(func() error {
			c := contact.Contact{Kind: contact.Email, State: contact.Verified}
			c.ID = id.Hash("contact", fmt.Sprint(n, i))
			who := p.Resident
			who.ID, who.Ver, who.Contact = id.Hash("resident", fmt.Sprint(n, i)), 0, c.ID
			reg := p.Registration
			reg.ID, reg.Event, reg.Resident, reg.Part = id.Hash(eventID, who.ID), eventID, who.ID, e.Part
			return errors.Join(
				set.Contacts.Create(b.Context(), &c),
				set.Residents.Create(b.Context(), &who),
				set.Registrations.Create(b.Context(), &reg),
			)
		})
	}
	must(wg.Wait())
}

// raw is two connections without Sunday between: one reads the rows that were
// planned, one inserts them elsewhere.
type raw struct{ from, to *sql.DB }

func openRaw(b *testing.B, from string) raw {
	b.Helper()
	to := filepath.Join(b.TempDir(), "raw.db")
	s, err := sqlitestore.Open(b.Context(), sqlitestore.Options{Path: to})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	const pragmas = "?_pragma=synchronous(FULL)&_pragma=cache_size(-8000)&_pragma=wal_autocheckpoint(16000)&_pragma=secure_delete(ON)"
	var r raw
	if r.from, err = sql.Open("sqlite", from+pragmas); err != nil {
		b.Fatal(err)
	}
	if r.to, err = sql.Open("sqlite", to+pragmas); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := errors.Join(r.from.Close(), r.to.Close()); err != nil {
			b.Error(err)
		}
	})
	return r
}

// moveLog moves the write-ahead logs of both files into them.
func (r raw) moveLog(b *testing.B) {
	b.Helper()
	for _, db := range []*sql.DB{r.from, r.to} {
		if _, err := db.ExecContext(b.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			b.Fatal(err)
		}
	}
}

// read gives the rows of an event, column by column.
func (r raw) read(b *testing.B, eventID string) [][]any {
	b.Helper()
	//nolint:unqueryvet // every column, whatever it is: the copy has the same table
	rows, err := r.from.QueryContext(b.Context(), "SELECT * FROM ledger WHERE occurrence = ? ORDER BY recipient, rule", eventID)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		b.Fatal(err)
	}
	var out [][]any
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			b.Fatal(err)
		}
		out = append(out, values)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return out
}

// insert commits 1,000 rows at a time, as many as the planner does at once.
func (r raw) insert(b *testing.B, rows [][]any) {
	b.Helper()
	const each, commit = 50, 1000
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(rows[0])), ", ") + ")"
	text := "INSERT INTO ledger VALUES " + strings.TrimSuffix(strings.Repeat(one+", ", each), ", ")
	for from := 0; from < len(rows); from += commit {
		r.commit(b, text, rows[from:from+commit], each)
	}
}

func (r raw) commit(b *testing.B, text string, rows [][]any, each int) {
	b.Helper()
	tx, err := r.to.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	stmt, err := tx.PrepareContext(b.Context(), text)
	if err != nil {
		b.Fatal(err)
	}
	defer stmt.Close()
	for at := 0; at < len(rows); at += each {
		args := make([]any, 0, each*len(rows[0]))
		for _, row := range rows[at : at+each] {
			args = append(args, row...)
		}
		if _, err := stmt.ExecContext(b.Context(), args...); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}
