package sqlitestore_test

import (
	"database/sql"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/notifications"
)

const benchBatch = 500

// benchRows are rows as a planner makes them, with ids of the usual length.
func benchRows(n, from int) []notifications.Row {
	const start = 1_795_917_600_000
	event := id.Hash("event", fmt.Sprint(from/50_000))
	rows := make([]notifications.Row, n)
	for i := range rows {
		resident := id.Hash("resident", fmt.Sprint(from+i))
		r := &rows[i]
		*r = notifications.Row{
			Part: 7, Unit: id.Hash("unit"), State: notifications.Planned, Gen: 1, Resend: true,
			Key:  notifications.Key{Rule: id.Hash("rule"), Occurrence: event, Recipient: "resident:" + resident},
			Lane: notifications.Lane{Class: notifications.Normal, Channel: "smtp"},
			Due:  start, Wish: start, Until: start + 3_600_000,
			Told:    notifications.Told{Status: "published", Seat: "registered", Start: start, End: start + 1, Zone: "Asia/Ho_Chi_Minh", Place: "Nhà văn hoá thôn 3", Ver: 4},
			Contact: "k1." + resident + resident, MainContact: "k1." + resident + resident,
		}
		r.ID = r.Key.ID()
		r.Group = r.ID
	}
	return rows
}

// BenchmarkLedgerInsert counts rows; compare it with BenchmarkLedgerInsertRaw.
func BenchmarkLedgerInsert(b *testing.B) {
	ledger := MustOpen(b, sqlitestore.Options{Path: newPath(b), Sync: "FULL"}).Set().Ledger
	n := 0
	for b.Loop() {
		b.StopTimer()
		rows := benchRows(benchBatch, n)
		b.StartTimer()
		if _, err := ledger.Insert(b.Context(), rows); err != nil {
			b.Fatal(err)
		}
		n += len(rows)
	}
	perSecond(b, n)
}

// BenchmarkLedgerInsertRaw is the limit: the same rows, table and indexes by
// nothing but a prepared statement of many rows and one commit per batch.
func BenchmarkLedgerInsertRaw(b *testing.B) {
	path := newPath(b)
	MustOpen(b, sqlitestore.Options{Path: path})
	db, err := sql.Open("sqlite", path+"?_pragma=synchronous(FULL)&_pragma=cache_size(-8000)&_pragma=wal_autocheckpoint(16000)&_pragma=secure_delete(ON)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	const each = 50
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", 40), ", ") + ")"
	stmt, err := db.Prepare("INSERT INTO ledger (" + rawColumns + ") VALUES " + strings.TrimSuffix(strings.Repeat(one+", ", each), ", "))
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		b.StopTimer()
		rows := benchRows(benchBatch, n)
		b.StartTimer()
		insertRaw(b, db, stmt, rows, each)
		n += len(rows)
	}
	perSecond(b, n)
}

// rawColumns are those of insertRaw.
const rawColumns = `id, part, rule, occurrence, recipient, round, unit, class, channel, state, reason, error,
	due, wish, not_before, until, basis_occurrence, basis_recipient,
	told_status, told_seat, told_start, told_end, told_zone, told_place, told_ver, told_seat_ver, told_offer_until,
	contact, main_contact, grp, batch, fence, sending_at, ended_at, try, resend, was_unknown, unknowns, message_id, gen`

func insertRaw(b *testing.B, db *sql.DB, stmt *sql.Stmt, rows []notifications.Row, each int) {
	b.Helper()
	tx, err := db.Begin()
	if err != nil {
		b.Fatal(err)
	}
	in := tx.Stmt(stmt)
	defer in.Close()
	for from := 0; from < len(rows); from += each {
		args := make([]any, 0, each*40)
		for _, r := range rows[from : from+each] {
			args = append(args, r.ID, r.Part, r.Rule, r.Occurrence, r.Recipient, r.Round,
				r.Unit, string(r.Class), r.Channel, string(r.State), string(r.Reason), r.Error,
				int64(r.Due), int64(r.Wish), int64(r.NotBefore), int64(r.Until), r.OfOccurrence, r.OfRecipient,
				r.Told.Status, r.Told.Seat, int64(r.Told.Start), int64(r.Told.End), r.Told.Zone, r.Told.Place, r.Told.Ver, r.Told.SeatVer, int64(r.Told.OfferUntil),
				r.Contact, r.MainContact, r.Group, r.Batch, r.Fence, int64(r.SendingAt), int64(r.EndedAt),
				r.Try, r.Resend, r.WasUnknown, r.Unknowns, r.MessageID, r.Gen)
		}
		if _, err := in.Exec(args...); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkDispatch takes rows through Due, Mark of 32 and Settle of 32.
func BenchmarkDispatch(b *testing.B) {
	const total, each = 50_000, 32
	ledger := MustOpen(b, sqlitestore.Options{Path: newPath(b), Sync: "FULL"}).Set().Ledger
	if _, err := ledger.Insert(b.Context(), benchRows(total, 0)); err != nil {
		b.Fatal(err)
	}
	lane := notifications.Lane{Class: notifications.Normal, Channel: "smtp"}
	const later = 1_795_917_700_000
	n := 0
	step := func(rows []notifications.Row) {
		results := make([]notifications.Result, len(rows))
		batch := fmt.Sprint("b", n)
		for i, r := range rows {
			results[i] = notifications.Result{ID: r.ID, Batch: batch, State: notifications.Sent, At: later}
		}
		m := notifications.Mark{Batch: batch, Now: later, At: later}
		if marked, err := ledger.Mark(b.Context(), 7, rows, m); err != nil || len(marked) != len(rows) {
			b.Fatal(len(marked), err)
		}
		if err := ledger.Settle(b.Context(), 7, results); err != nil {
			b.Fatal(err)
		}
		n += len(rows)
	}
	for b.Loop() {
		due, err := ledger.Due(b.Context(), 7, lane, later, 16*each)
		if err != nil {
			b.Fatal(err)
		}
		if len(due) < 16*each {
			b.StopTimer()
			if _, err := ledger.Insert(b.Context(), benchRows(total, total+n)); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			continue
		}
		for from := 0; from < len(due); from += each {
			step(due[from : from+each])
		}
	}
	perSecond(b, n)
}

// BenchmarkLedgerChange counts rows of an event that is edited again and again.
func BenchmarkLedgerChange(b *testing.B) {
	ledger := MustOpen(b, sqlitestore.Options{Path: newPath(b), Sync: "FULL"}).Set().Ledger
	rows := benchRows(20*benchBatch, 0)
	if _, err := ledger.Insert(b.Context(), rows); err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		b.StopTimer()
		changes := make([]notifications.Change, benchBatch)
		for i := range changes {
			r := &rows[(n+i)%len(rows)]
			changes[i] = notifications.Change{SeenGen: r.Gen, SeenState: r.State}
			r.Told.Place, r.Told.Ver, r.Gen = fmt.Sprintf("Nhà văn hoá thôn %d", n/len(rows)), r.Told.Ver+1, r.Gen+1
			changes[i].Row = *r
		}
		b.StartTimer()
		applied, err := ledger.Change(b.Context(), changes)
		if err != nil || !applied[0] || !applied[benchBatch-1] {
			b.Fatalf("applied %t and %t, %v", applied[0], applied[benchBatch-1], err)
		}
		n += len(changes)
	}
	perSecond(b, n)
}

// BenchmarkDueOutside finds 10 free rows behind 100,000 of a held unit.
func BenchmarkDueOutside(b *testing.B) {
	const held, free = 100_000, 10
	ledger := MustOpen(b, sqlitestore.Options{Path: newPath(b), Sync: "OFF"}).Set().Ledger
	for from := 0; from < held; from += benchBatch {
		if _, err := ledger.Insert(b.Context(), benchRows(benchBatch, from)); err != nil {
			b.Fatal(err)
		}
	}
	rows := benchRows(free, held)
	for i := range rows {
		rows[i].Unit = "free"
		rows[i].Due++
	}
	if _, err := ledger.Insert(b.Context(), rows); err != nil {
		b.Fatal(err)
	}
	lane := notifications.Lane{Class: notifications.Normal, Channel: "smtp"}
	for b.Loop() {
		found, err := ledger.DueOutside(b.Context(), 7, lane, 1_795_917_700_000, []string{id.Hash("unit")}, 512)
		if err != nil || len(found) != free {
			b.Fatal(len(found), err)
		}
	}
}

// BenchmarkHeads counts the people of 50 events of 200 registrations, as an overview
// of events without a limit does.
func BenchmarkHeads(b *testing.B) {
	const events, each = 50, 200
	registrations := MustOpen(b, sqlitestore.Options{Path: newPath(b), Sync: "OFF"}).Set().Registrations
	ids := make([]string, events)
	for e := range ids {
		ids[e] = id.Hash(fmt.Sprint("event ", e))
	}
	for i := range events * each {
		r := registration.Registration{
			Head: record.Head{ID: id.Hash(fmt.Sprint(i))}, Dirt: record.Dirt{Part: id.Part(ids[i%events])},
			Event: ids[i%events], Resident: fmt.Sprint(i), State: registration.Registered, Party: 2,
		}
		if err := registrations.Create(b.Context(), &r); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		heads, err := registrations.Heads(b.Context(), ids, registration.HavePlace())
		if err != nil || len(heads) != events || heads[0].People != 2*each {
			b.Fatal(heads, err)
		}
	}
}

// BenchmarkGroupCommit is durable operations of 32 callers at once.
func BenchmarkGroupCommit(b *testing.B) {
	contacts := MustOpen(b, sqlitestore.Options{Path: newPath(b), Sync: "FULL"}).Set().Contacts
	var n atomic.Int64
	b.SetParallelism(16) // times GOMAXPROCS
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			c := contact.Contact{Head: record.Head{ID: id.Hash(fmt.Sprint(n.Add(1)))}, Kind: contact.Email}
			if err := contacts.Create(b.Context(), &c); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(n.Load())/b.Elapsed().Seconds(), "ops/s")
}

func perSecond(b *testing.B, n int) {
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
}
