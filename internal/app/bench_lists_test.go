package app_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// perCrowd is how many registrations an event has in the benchmark of lists.
const perCrowd = 2000

// BenchmarkLists has one client read every list of the API, its first page and
// one behind it, and opens the program: with 100,000 registrations and with ten
// times as many, and for each one message, and half a resident and a line of
// the audit, all of one unit.
func BenchmarkLists(b *testing.B) {
	for _, registrations := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(registrations), func(b *testing.B) {
			dir := b.TempDir()
			eventID, token := fillBench(b, dir, registrations)
			b.Run("open", func(b *testing.B) { benchOpen(b, dir) })
			w := startBench(b, dir, false)
			unit := benchUnit
			for _, list := range []struct{ name, path string }{
				{"units", "/units?kind=commune"},
				{"events-of-unit", "/events?limit=20&unit=" + unit},
				{"events-in-scope", "/events?limit=20&scope=" + unit},
				{"registrations", "/events/" + eventID + "/registrations?limit=50"},
				{"messages", "/events/" + eventID + "/messages?limit=50"},
				{"residents", "/residents?unit=" + unit},
				{"scorecards", "/scorecards?scope=" + unit},
				{"audit", "/audit?unit=" + unit},
			} {
				b.Run(list.name, func(b *testing.B) { w.benchList(b, token, list.path) })
			}
		})
	}
}

// benchList reads the first page and the one after it in turn.
func (w *bench) benchList(b *testing.B, token, path string) {
	auth := "Authorization: Bearer " + token + "\r\n"
	first := get(w.addr, "/api/v1"+path, auth)
	status, body, err := benchDial(b, w.addr).do(first)
	benchMust(b, err)
	var page struct {
		Items []json.RawMessage `json:"items"`
		Next  string            `json:"next"`
	}
	if err := json.Unmarshal(body, &page); err != nil || status != http.StatusOK || len(page.Items) < 20 || page.Next == "" {
		b.Fatalf("status %d, %d items, next %q, %v: %.300s", status, len(page.Items), page.Next, err, body)
	}
	pages := []string{first, get(w.addr, "/api/v1"+path+"&after="+page.Next, auth)}
	benchLoad(b, w.addr, 1, http.StatusOK, func(n int) string { return pages[n%len(pages)] })
}

// benchOpen opens the program, and takes no part in closing it.
func benchOpen(b *testing.B, dir string) {
	c, err := config.Load([]string{"SUNDAY_DATA=" + dir})
	benchMust(b, err)
	var took []time.Duration
	for b.Loop() {
		at := time.Now()
		a, err := app.Open(b.Context(), app.Options{Config: c, Version: "bench"})
		took = append(took, time.Since(at))
		b.StopTimer()
		benchMust(b, err)
		benchMust(b, a.Close())
		b.StartTimer()
	}
	b.ReportMetric(milliseconds(slices.Max(took)), "slowest-ms")
}

// fillBench makes the data: one of each by the program, and copies of it by SQL.
func fillBench(b *testing.B, dir string, registrations int) (eventID, token string) {
	b.Helper()
	w := openBench(b, dir)
	w.signIn(b)
	token, eventID = w.token, w.publish(b, false)
	for range registrations/perCrowd - 1 {
		w.copyEvent(b, eventID)
	}
	w.cards(b)
	w.template(b, eventID)
	benchMust(b, w.close())
	copyRows(b, dir, []rowCopies{
		{registrations / 2, copyResidents},
		{registrations, copyRegistrations},
		{registrations, copyLedger},
		{registrations / 2, copyAudit},
	})
	return eventID, token
}

// rowCopies is how many copies one statement makes of a table's first row.
type rowCopies struct {
	n    int
	text string
}

// copyRows fills the database of a folder that no program has open.
func copyRows(b *testing.B, dir string, all []rowCopies) {
	b.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "sunday.db")+"?_pragma=synchronous(OFF)&_pragma=cache_size(-200000)&_pragma=temp_store(MEMORY)")
	benchMust(b, err)
	for _, copies := range all {
		if _, err := db.ExecContext(b.Context(), copyHead+copies.text, copies.n); err != nil {
			b.Fatal(err)
		}
	}
	benchMust(b, db.Close())
}

// copyEvent makes another event like the one.
func (w *bench) copyEvent(b *testing.B, eventID string) {
	b.Helper()
	e, err := w.app.Store().Events.Get(b.Context(), eventID)
	benchMust(b, err)
	e.ID = id.Random().New(w.app.Now().Time().UnixMilli())
	e.Head, e.Dirt = record.Head{ID: e.ID}, record.Dirt{Part: id.Part(e.ID)}
	benchMust(b, w.app.Store().Events.Create(b.Context(), &e))
}

// cards makes a hundred scorecards of the unit.
func (w *bench) cards(b *testing.B) {
	b.Helper()
	for n := range 100 {
		c := emulation.Card{Unit: benchUnit, Scope: []string{benchUnit}, Period: fmt.Sprintf("%04d-%02d", 2020+n/12, n%12+1)}
		c.ID = id.Hash(benchUnit, c.Period)
		benchMust(b, w.app.Store().Cards.CreateCard(b.Context(), &c))
	}
}

// template makes one resident with a registration, a message and lines of the audit.
func (w *bench) template(b *testing.B, eventID string) {
	b.Helper()
	ctx, st := b.Context(), w.app.Store()
	who := w.residents(b, 1)[0]
	r := registration.Registration{Event: eventID, Resident: who, Unit: benchUnit, Slot: "all", Party: 1, State: registration.Registered}
	r.ID, r.Part = registration.IDOf(eventID, who), id.Part(eventID)
	benchMust(b, st.Registrations.Create(ctx, &r))
	row := notifications.Row{
		Part: r.Part, Unit: benchUnit, State: notifications.Sent, Gen: 1,
		Key:  notifications.Key{Rule: "confirmation", Occurrence: eventID, Recipient: "resident:" + who},
		Lane: notifications.Lane{Class: notifications.Reply, Channel: "smtp"}, EndedAt: 1,
	}
	row.ID = row.Key.ID()
	_, err := st.Ledger.Insert(ctx, []notifications.Row{row})
	benchMust(b, err)
	_, err = w.app.Services.Audit.Relay(ctx, 200)
	benchMust(b, err)
}

// Copies of the first row of a table under random ids, spread over all events.
const (
	copyHead = `WITH RECURSIVE
		n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?),
		e AS MATERIALIZED (SELECT row_number() OVER (ORDER BY id) - 1 AS k, id, part FROM events),
		c AS MATERIALIZED (SELECT count(*) AS all_of FROM e),
		m AS MATERIALIZED (SELECT i, lower(hex(randomblob(16))) AS nid FROM n) `
	copyResidents = `INSERT INTO residents (id, ver, op, outbox, doc, unit, village, sort_key, dirty, plan_ver)
		SELECT nid, ver, op, NULL, json_set(doc, '$._id', nid), unit, village, sort_key, 0, plan_ver
		FROM m, residents WHERE residents.rowid = 1`
	copyRegistrations = `INSERT INTO registrations
		SELECT nid, ver, op, NULL, json_set(doc, '$._id', nid, '$.event', e.id), e.part, e.id, nid, state,
			'l' || nid, 'c' || nid, 0, created_at + i, 0, plan_ver, slot, party
		FROM m, c, e, registrations WHERE registrations.rowid = 1 AND e.k = i % all_of`
	copyLedger = `INSERT INTO ledger (id, part, rule, occurrence, recipient, round, unit, class, channel, state, reason, error, due, wish,
			not_before, until, basis_occurrence, basis_recipient, told_status, told_seat, told_start, told_end, told_zone,
			told_place, told_ver, told_seat_ver, contact, main_contact, grp, batch, fence, sending_at, ended_at, try, resend, was_unknown,
			unknowns, message_id, gen, handed)
		SELECT nid, e.part, rule, e.id, 'resident:' || nid, round, unit, class, channel, state, reason, error, due, wish,
			not_before, until, basis_occurrence, basis_recipient, told_status, told_seat, told_start, told_end, told_zone,
			told_place, told_ver, told_seat_ver, nid, nid, nid, batch, fence, sending_at, i, try, resend, was_unknown,
			unknowns, message_id, gen, handed
		FROM m, c, e, ledger WHERE ledger.rowid = 1 AND e.k = i % all_of`
	copyAudit = `INSERT INTO audit_lines
		SELECT nid, unit, thing || i, at + i, 1, json_set(doc, '$._id', nid, '$.at', at + i, '$.block', 1)
		FROM m, audit_lines WHERE audit_lines.rowid = (SELECT min(rowid) FROM audit_lines WHERE unit = (SELECT unit FROM residents))`
)
