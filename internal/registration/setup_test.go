package registration_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

// bundle is a service over a real store, with a clock that tests set.
type bundle struct {
	*registration.Service
	set       *store.Set
	keys      *secret.Keys
	ids       id.Source
	contacts  *contact.Service
	residents *resident.Service
	now       calendar.Instant
	unit      string
	ports     registration.Ports
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func setup(t *testing.T) *bundle {
	t.Helper()
	file, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(t.TempDir(), "s.db"), Sync: "OFF"})
	must(t, err)
	t.Cleanup(func() { must(t, file.Close()) })
	keys, err := secret.Open(strings.Repeat("only for tests ", 3))
	must(t, err)
	b := &bundle{set: file.Set(), keys: keys, ids: id.Seeded(1), now: 1_795_000_000_000}
	clock := func() calendar.Instant { return b.now }
	log := audit.NewService(b.set.Audit, clock, b.ids)
	b.contacts = contact.NewService(b.set.Contacts, resident.Holders{Residents: b.set.Residents}, keys, clock)
	b.residents = resident.NewService(resident.Ports{
		Residents: b.set.Residents, Texts: b.set.Texts, Contacts: b.contacts, Units: b.set.Units, Log: log, Now: clock, IDs: b.ids,
	})
	must(t, b.residents.EnsureTexts(t.Context()))
	b.ports = registration.Ports{
		Registrations: b.set.Registrations, Rolls: b.set.Rolls, Forms: b.set.Forms, Events: b.set.Events, People: b.set.Residents,
		Residents: b.residents, Contacts: b.contacts, Log: log, Keys: keys, Now: clock, IDs: b.ids,
	}
	b.Service = registration.NewService(b.ports)
	u := unit.Unit{Kind: unit.Commune, Names: map[string]string{"vi": "Xã Thử"}, Zone: "Asia/Ho_Chi_Minh"}
	u.ID = b.ids.New(0)
	must(t, b.set.Units.Create(t.Context(), &u))
	b.unit = u.ID
	return b
}

// event is a published one with one slot that starts in the given time.
func (b *bundle) event(t *testing.T, capacity int, in time.Duration) event.Event {
	t.Helper()
	e := event.Event{
		Unit: b.unit, Scope: []string{b.unit}, Title: "Chủ nhật xanh", State: event.Published, PublishedAt: b.now,
		Place: event.Place{Name: "Nhà văn hóa"}, Zone: "Asia/Ho_Chi_Minh",
		StartAt: b.now.Add(in), EndAt: b.now.Add(in + 4*hour),
		Slots: []event.Slot{{ID: "s1", Capacity: capacity}}, HasRoll: capacity > 0,
	}
	e.ID = b.ids.New(int64(b.now))
	e.Part = id.Part(e.ID)
	must(t, b.set.Events.Create(t.Context(), &e))
	return e
}

func (b *bundle) formID() string { return id.Hash("form", b.ids.New(0)) }

// form is a filled-in one; who is a name and an address at example.org, or empty.
func (b *bundle) form(e event.Event, who string, party int) registration.Form {
	f := registration.Form{Event: e.ID, ID: b.formID(), Party: party, Locale: "vi"}
	if who != "" {
		f.Name, f.Email = who, strings.ToLower(who)+"@example.org"
	}
	return f
}

func (b *bundle) register(t *testing.T, f registration.Form) registration.Receipt {
	t.Helper()
	r, err := b.RegisterPublic(t.Context(), f)
	must(t, err)
	return r
}

// of finds the registration that a check-in code is of.
func (b *bundle) of(t *testing.T, r registration.Receipt) registration.Registration {
	t.Helper()
	regID, _, ok := registration.ParseCode(r.Code)
	if !ok {
		t.Fatalf("%q is no code", r.Code)
	}
	found, err := b.set.Registrations.Get(t.Context(), regID)
	must(t, err)
	return found
}

func (b *bundle) confirm(t *testing.T, r registration.Receipt) registration.Own {
	t.Helper()
	own, err := b.Confirm(t.Context(), b.keys.Link(secret.LinkConfirm, b.of(t, r).ID, 0))
	must(t, err)
	return own
}

func (b *bundle) staff(roles ...actor.Role) actor.Actor {
	var grants []actor.Grant
	for _, r := range roles {
		grants = append(grants, actor.Grant{Role: r, Unit: b.unit})
	}
	return actor.Staff("acc", grants, actor.AllScopes)
}

func wantState(t *testing.T, what string, got, want registration.State) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %q, want %q", what, got, want)
	}
}

// failing refuses calls while its switch is on, as a store that is away would,
// or stops in them until it is told to go on.
type failing struct {
	registration.Store
	registration.Rolls
	update, swap   bool
	created        func()
	swapping, goOn chan struct{}
}

func (f *failing) Create(ctx context.Context, r *registration.Registration) error {
	err := f.Store.Create(ctx, r)
	if f.created != nil {
		f.created()
	}
	return err
}

func (f *failing) Update(ctx context.Context, id string, change func(*registration.Registration) error) (registration.Registration, error) {
	if f.update {
		return registration.Registration{}, errAway
	}
	return f.Store.Update(ctx, id, change)
}

func (f *failing) SwapRoll(ctx context.Context, r *registration.Roll) error {
	if f.swap {
		return errAway
	}
	if f.swapping != nil {
		close(f.swapping)
		f.swapping = nil
		<-f.goOn
	}
	return f.Rolls.SwapRoll(ctx, r)
}
