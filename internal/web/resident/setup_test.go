package resident_test

import (
	"context"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

const (
	commune = "commune"
	other   = "other"
	village = "village"
	base    = "https://sunday.example.org"
)

// world is the pages over a store of their own, with a clock to move.
type world struct {
	file          string
	set           *store.Set
	keys          *secret.Keys
	now           calendar.Instant
	events        *event.Service
	registrations *registration.Service
	contacts      *contact.Service
	surveys       *survey.Service
	pages         http.Handler
	// mails counts those that requests said they caused.
	mails atomic.Int64
}

// setup opens a world on Friday 20 November 2026, 9:00 in Vietnam.
func setup(tb testing.TB) *world {
	tb.Helper()
	ids := id.Seeded(7)
	w := &world{file: filepath.Join(tb.TempDir(), "sunday.db"), now: at(20, 9)}
	st, err := sqlitestore.Open(context.Background(), sqlitestore.Options{Path: w.file, Sync: "OFF", IDs: ids})
	must(tb, err)
	w.set = st.Set()
	tb.Cleanup(func() { _ = w.set.Health.Close() })
	w.keys, err = secret.Open("only for tests, and nowhere else to be seen")
	must(tb, err)
	now := func() calendar.Instant { return w.now }
	logs := audit.NewService(w.set.Audit, now, ids)
	units := unit.NewService(w.set.Units, now, ids)
	w.contacts = contact.NewService(w.set.Contacts, resident.Holders{Residents: w.set.Residents}, w.keys, now)
	people := resident.NewService(resident.Ports{
		Residents: w.set.Residents, Texts: w.set.Texts, Contacts: w.contacts, Units: w.set.Units, Log: logs, Now: now, IDs: ids,
	})
	w.registrations = registration.NewService(registration.Ports{
		Registrations: w.set.Registrations, Rolls: w.set.Rolls, Forms: w.set.Forms, Events: w.set.Events, People: w.set.Residents,
		Residents: people, Contacts: w.contacts, Log: logs, Keys: w.keys, Now: now, IDs: ids,
	})
	door := attendance.NewService(attendance.Ports{
		Entries: w.set.Attendance, Events: w.set.Events, Registrations: w.set.Registrations, Rolls: w.set.Rolls, Keys: w.keys, Now: now,
	})
	rules := reminder.NewService(reminder.Ports{Rules: w.set.Rules, Events: w.set.Events, Units: w.set.Units, Now: now, IDs: ids})
	w.events = event.NewService(event.Ports{
		Events: w.set.Events, Units: w.set.Units, Reminders: rules, Seats: w.registrations, Door: door, Now: now, IDs: ids,
	})
	w.surveys = survey.NewService(survey.Ports{Surveys: w.set.Surveys, Boxes: w.set.Boxes, Events: w.set.Events, Now: now, IDs: ids})
	must(tb, people.EnsureTexts(context.Background()))
	w.layUnits(tb, units)
	w.mount(tb, units, ids)
	return w
}

func (w *world) layUnits(tb testing.TB, units *unit.Service) {
	tb.Helper()
	must(tb, units.EnsureMany(context.Background(), actor.System("test"), []unit.Unit{
		{Head: record.Head{ID: commune}, Kind: unit.Commune, Names: map[string]string{"vi": "Xã Lạc Dương"}, Zone: unit.DefaultZone},
		{Head: record.Head{ID: other}, Kind: unit.Commune, Names: map[string]string{"vi": "Xã Tà Nung"}, Zone: unit.DefaultZone},
		{
			Head: record.Head{ID: village}, Kind: unit.Village, Parent: commune, Ancestors: []string{commune},
			Names: map[string]string{"vi": "Thôn Păng Tiêng"}, Zone: unit.DefaultZone,
		},
	}))
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// at is a time in November 2026 in Vietnam.
func at(day, hour int) calendar.Instant {
	return calendar.FromTime(time.Date(2026, time.November, day, hour-7, 0, 0, 0, time.UTC))
}

func staff(role actor.Role) actor.Actor {
	grants := []actor.Grant{{Role: role, Unit: commune}, {Role: role, Unit: other}}
	return actor.Staff("account-"+string(role), grants, actor.AllScopes)
}

// input is one Sunday: 29 November, 7:00 to 11:00.
func input() event.Input {
	return event.Input{
		Unit: commune, Type: event.Volunteer, Title: "Làm đường thôn", Village: village, Bring: "Giày, găng tay",
		Place: event.Place{Name: "Nhà văn hóa thôn"}, LocalStart: "2026-11-29T07:00", LocalEnd: "2026-11-29T11:00",
		Slots: []event.Slot{{ID: "all", Name: "Tham gia", Capacity: 10}}, NoticeDays: 3,
	}
}

// publish brings an event to its page.
func (w *world) publish(tb testing.TB, in event.Input) event.Event {
	tb.Helper()
	ctx := context.Background()
	e, err := w.events.Create(ctx, staff(actor.Organizer), "", in)
	must(tb, err)
	w.do(tb, e, actor.Organizer, event.Submit)
	w.do(tb, e, actor.Approver, event.Approve)
	return w.do(tb, e, actor.Organizer, event.Publish)
}

func (w *world) do(tb testing.TB, e event.Event, role actor.Role, act event.Act) event.Event {
	tb.Helper()
	note := ""
	if act == event.Cancel || act == event.Postpone {
		note = "Mưa lớn"
	}
	e, err := w.events.Do(context.Background(), staff(role), e.ID, 0, act, note)
	must(tb, err)
	return e
}

// join registers somebody without an address and gives the own page's path.
func (w *world) join(tb testing.TB, e event.Event, party string) string {
	tb.Helper()
	a := w.post("/e/"+e.ID+"/register", "form", w.get("/e/"+e.ID).formID(tb), "party", party)
	a.has(tb, http.StatusSeeOther)
	return a.location
}

// all are the registrations of an event.
func (w *world) all(tb testing.TB, e event.Event) []registration.Registration {
	tb.Helper()
	l, err := w.set.Registrations.Page(context.Background(), registration.Filter{Event: e.ID}, page.Request{Limit: 200})
	must(tb, err)
	return l.Items
}
