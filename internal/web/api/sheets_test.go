package api_test

import (
	"context"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/outreach/desk"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// lines says the same of every row; what the real source says is tested with
// the whole program.
type lines struct{}

func (lines) Printable(_ context.Context, _ notifications.Millis, rows []notifications.Row) ([]outreach.Printed, error) {
	out := make([]outreach.Printed, len(rows))
	for i, r := range rows {
		out[i].Verdict = notifications.Verdict{RowID: r.ID, Do: notifications.DoSend}
		out[i].Line = outreach.Line{Contact: r.Contact, Phone: plantedPhone, Words: "the event moves", Language: "en"}
	}
	return out, nil
}

func (l lines) InHand(ctx context.Context, now notifications.Millis, rows []notifications.Row) ([]*outreach.Line, error) {
	said, err := l.Printable(ctx, now, rows)
	out := make([]*outreach.Line, len(said))
	for i := range said {
		out[i] = &said[i].Line
	}
	return out, err
}

func (lines) Refused(_ context.Context, _ notifications.Millis, rows []notifications.Row, _ string) ([]notifications.Lane, error) {
	return make([]notifications.Lane, len(rows)), nil
}

func (b *bundle) desk(contacts *contact.Service, ids id.Source) {
	st, sv := b.set, &b.services
	press := paper.NewPress(paper.Options{
		Rows: st.Paper, Ledger: st.Ledger, Sheets: st.Sheets, Holds: st.Holds,
		Source: desk.Facts{
			Lines: lines{}, Contacts: contacts, Consents: sv.Residents,
			Dirt: desk.Dirt{Events: st.Events, Registrations: st.Registrations},
		},
		Now:   func() notifications.Millis { return notifications.Millis(b.now.now()) },
		NewID: func(at notifications.Millis) string { return ids.New(int64(at)) },
	})
	sv.Desk = desk.NewService(desk.Ports{
		Press: press, Sheets: st.Sheets, Rows: st.Paper, Lines: lines{}, Units: st.Units, Events: st.Events,
		Registrations: st.Registrations, Residents: st.Residents, Contacts: st.Contacts, Log: sv.Audit, Now: b.now.now,
	})
}

const hourMillis = 60 * 60 * 1000

// mustOnPaper plans an urgent row on paper for each resident.
func (b *bundle) mustOnPaper(t testing.TB, eventID string, residents ...string) {
	t.Helper()
	e, err := b.set.Events.Get(t.Context(), eventID)
	if err != nil {
		t.Fatal(err)
	}
	var rows []notifications.Row
	for _, who := range residents {
		r, err := b.set.Residents.Get(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		k := notifications.Key{Rule: "change.paper", Occurrence: e.ID, Recipient: outreach.RecipientOf(who)}
		rows = append(rows, notifications.Row{
			ID: k.ID(), Part: e.Part, Key: k, Unit: e.Unit, Lane: notifications.Lane{Class: notifications.Urgent, Channel: paper.Channel},
			State: notifications.Planned, Due: notifications.Millis(start), Wish: notifications.Millis(start),
			Until: notifications.Millis(start) + 2*hourMillis, Contact: r.Contact, Group: k.ID(), Gen: 1,
		})
	}
	if _, err := b.set.Ledger.Insert(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) mustPerson(t testing.TB, name string) string {
	t.Helper()
	return b.must(t, 201, b.organizer, "POST", "/api/v1/residents", fields{
		"unit": blao, "name": name, "contacts": []fields{{"kind": "phone", "value": plantedPhone}},
	}).text(t, "id")
}

// TestAPI_Sheets takes a call list from the duty to its last line.
func TestAPI_Sheets(t *testing.T) {
	t.Parallel()
	b := setup(t)
	event := b.mustPublished(t)
	people := []string{b.mustPerson(t, plantedName), b.mustPerson(t, "Lê Văn Hai"), b.mustPerson(t, "K'Brên")}
	unit := "/api/v1/units/" + blao
	if got := b.must(t, 409, b.organizer, "POST", unit+"/sheets", fields{"kind": "calls", "urgent": true}); got.text(t, "code") != "sheet.nothing" {
		t.Errorf("with nothing due: %s", got.body)
	}
	b.mustOnPaper(t, event, people...)
	b.wantDuty(t, "print_list", 3)
	made := b.must(t, 201, b.organizer, "POST", unit+"/sheets", fields{"kind": "calls", "urgent": true})
	sheet := "/api/v1/sheets/" + made.text(t, "id")
	if again := b.must(t, 201, b.organizer, "POST", unit+"/sheets", fields{"kind": "calls", "urgent": true}); again.body != made.body {
		t.Errorf("printed again: %s, first %s", again.body, made.body)
	}
	b.wantDuty(t, "work_off", 3)
	shown := b.must(t, 200, b.organizer, "GET", sheet, nil)
	if !strings.Contains(shown.body, plantedName) || !strings.Contains(shown.body, plantedPhone) || shown.text(t, "items", 0, "words") == "" {
		t.Errorf("the sheet says %s", shown.body)
	}
	if log := b.must(t, 200, b.organizer, "GET", "/api/v1/audit?unit="+blao, nil).body; !strings.Contains(log, "sheet.reveal") {
		t.Error("that names were shown is not in the log")
	}
	results := fields{"form": "f1", "results": []fields{{"number": 1, "outcome": "reached"}, {"number": 2, "outcome": "not_reached"}, {"number": 9, "outcome": "reached"}}}
	for _, want := range []string{"saved", "again"} {
		got := b.must(t, 200, b.organizer, "POST", sheet+"/results", results)
		if got.text(t, "items", 0, "said") != want || got.text(t, "items", 1, "said") != want || got.text(t, "items", 2, "said") != "no_line" {
			t.Errorf("want %s: %s", want, got.body)
		}
		if got.json(t, "sheet", "left") != float64(2) || got.text(t, "items", 0, "said_text") == "" {
			t.Errorf("after results: %s", got.body)
		}
	}
	b.must(t, 200, b.organizer, "POST", sheet+"/undo", fields{"form": "f2", "number": 1})
	b.must(t, 200, b.organizer, "POST", sheet+"/results", fields{"form": "f3", "results": []fields{
		{"number": 1, "outcome": "never_again"}, {"number": 2, "outcome": "reached"}, {"number": 3, "outcome": "reached"},
	}})
	if got := b.must(t, 403, b.organizer, "POST", sheet+"/undo", fields{"form": "f4", "number": 1}); got.text(t, "code") != "sheet.only_by_person" {
		t.Errorf("never again taken back: %s", got.body)
	}
	open := b.must(t, 200, b.organizer, "GET", unit+"/sheets?open=true", nil)
	all := b.must(t, 200, b.organizer, "GET", unit+"/sheets", nil)
	if strings.Contains(open.body, "calls") || all.text(t, "items", 0, "state") != "closed" {
		t.Errorf("open %s, all %s", open.body, all.body)
	}
}

func (b *bundle) wantDuty(t testing.TB, kind string, count float64) {
	t.Helper()
	got := b.must(t, 200, b.organizer, "GET", "/api/v1/units/"+blao+"/duties", nil)
	if got.text(t, "items", 0, "kind") != kind || got.json(t, "items", 0, "count") != count || got.text(t, "items", 0, "kind_text") == "" {
		t.Errorf("duties %s, want %s of %v", got.body, kind, count)
	}
}

// The head of a village works off the own village's sheets and sees no other.
func TestAPI_Sheets_villageHead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	village := b.must(t, 201, b.organizer, "POST", "/api/v1/units", fields{"kind": "village", "parent": blao, "names": fields{"vi": "Thôn 3"}}).text(t, "id")
	head := b.mustToken(t, "head", village, "village_head")
	unit := "/api/v1/units/" + blao
	b.must(t, 404, head, "GET", unit+"/sheets", nil)
	b.must(t, 404, head, "GET", unit+"/duties", nil)
	b.must(t, 404, head, "POST", unit+"/sheets", fields{"kind": "calls"})
	b.must(t, 200, head, "GET", unit+"/sheets?village="+village, nil)
	b.must(t, 200, head, "GET", unit+"/duties?village="+village, nil)
	b.must(t, 409, head, "POST", unit+"/sheets", fields{"kind": "calls", "village": village})
	b.must(t, 422, b.organizer, "POST", unit+"/sheets", fields{"kind": "calls", "village": dran})
	b.must(t, 422, b.organizer, "POST", unit+"/sheets", fields{"kind": "songs"})
}

// Whoever comes and has a contact that works no more is a duty.
func TestAPI_Duties_findContact(t *testing.T) {
	t.Parallel()
	b := setup(t)
	event, who := b.mustPublished(t), b.mustPerson(t, plantedName)
	b.must(t, 201, b.organizer, "POST", "/api/v1/events/"+event+"/registrations", fields{"resident": who, "party": 1})
	r, err := b.set.Residents.Get(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.set.Contacts.Update(t.Context(), r.Contact, func(c *contact.Contact) error {
		c.SuppressedAt = start
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	b.wantDuty(t, "find_contact", 1)
}

// TestAPI_SheetLineOfTheErased: there is nobody to tell, and no new line.
func TestAPI_SheetLineOfTheErased(t *testing.T) {
	t.Parallel()
	b := setup(t)
	people := []string{b.mustPerson(t, plantedName), b.mustPerson(t, "Lê Văn Hai")}
	b.mustOnPaper(t, b.mustPublished(t), people...)
	made := b.must(t, 201, b.organizer, "POST", "/api/v1/units/"+blao+"/sheets", fields{"kind": "calls", "urgent": true})
	void := func() (n int) {
		shown := b.must(t, 200, b.organizer, "GET", "/api/v1/sheets/"+made.text(t, "id"), nil)
		for i := range people {
			if shown.json(t, "items", i, "void") == true {
				n++
			}
		}
		return n
	}
	if n := void(); n != 0 {
		t.Errorf("%d lines are void, and nobody is erased", n)
	}
	b.must(t, 200, b.organizer, "POST", "/api/v1/residents/"+people[1]+"/erase", nil)
	if n := void(); n != 1 {
		t.Errorf("%d lines are void, want that of who was erased", n)
	}
}
