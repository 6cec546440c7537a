package resident_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

const start = calendar.Instant(1_795_000_000_000)

var (
	province = unit.StateID("68")
	blao     = unit.StateID("24829")
	dran     = unit.StateID("24934")
	system   = actor.System("retention")
)

type bundle struct {
	*resident.Service
	set      *store.Set
	contacts *contact.Service
	now      *calendar.Instant
	ports    resident.Ports
	// village lies in blao.
	village string
}

func setup(t *testing.T) bundle {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(t.TempDir(), "sunday.db"), Sync: "OFF"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	keys, err := secret.Open("a secret that is long enough to be one")
	if err != nil {
		t.Fatal(err)
	}
	now := start
	clock := func() calendar.Instant { return now }
	b := bundle{set: s.Set(), now: &now}
	b.contacts = contact.NewService(b.set.Contacts, resident.Holders{Residents: b.set.Residents}, keys, clock)
	b.ports = resident.Ports{
		Residents: b.set.Residents, Texts: b.set.Texts, Contacts: b.contacts, Units: b.set.Units,
		Log: audit.NewService(b.set.Audit, clock, id.Seeded(3)), Now: clock, IDs: id.Seeded(4),
	}
	b.Service = resident.NewService(b.ports)
	b.village = mustUnits(t, unit.NewService(b.set.Units, clock, id.Seeded(5)))
	if err := b.EnsureTexts(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

func mustUnits(t *testing.T, units *unit.Service) (village string) {
	t.Helper()
	list, err := unit.StateUnits()
	if err != nil {
		t.Fatal(err)
	}
	if err := units.EnsureMany(t.Context(), system, unit.InProvince(list, "68")); err != nil {
		t.Fatal(err)
	}
	v, err := units.Create(t.Context(), system, unit.Draft{
		Kind: unit.Village, Parent: blao, Names: map[string]string{"vi": "Thôn 1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return v.ID
}

func staff(role actor.Role, on string, scopes ...string) actor.Actor {
	if len(scopes) == 0 {
		scopes = []string{actor.AllScopes}
	}
	return actor.Staff("s1", []actor.Grant{{Role: role, Unit: on}}, scopes...)
}

var organizer = staff(actor.Organizer, blao)

func (b bundle) mustCreate(t *testing.T, in resident.Draft) resident.Resident {
	t.Helper()
	if in.Unit == "" {
		in.Unit = blao
	}
	r, err := b.Create(t.Context(), organizer, in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (b bundle) mustGet(t *testing.T, resident string) resident.Resident {
	t.Helper()
	r, err := b.set.Residents.Get(t.Context(), resident)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (b bundle) mustEnsure(t *testing.T, address string) string {
	t.Helper()
	c, err := b.contacts.Ensure(t.Context(), contact.Email, address)
	if err != nil {
		t.Fatal(err)
	}
	return c.ID
}

// acts gives what the log of reads holds of the unit, newest first.
func (b bundle) acts(t *testing.T, keeper string) (acts []string) {
	t.Helper()
	list, err := b.set.Audit.Page(t.Context(), audit.Filter{Unit: keeper}, page.Request{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range list.Items {
		acts = append(acts, l.Act)
	}
	return acts
}

func email(values ...string) (in []resident.ContactInput) {
	for _, v := range values {
		in = append(in, resident.ContactInput{Kind: contact.Email, Value: v})
	}
	return in
}

func textOf(tb testing.TB, p resident.Purpose) string {
	tb.Helper()
	text, err := resident.TextFor(p, "vi")
	if err != nil {
		tb.Fatal(err)
	}
	return text.ID
}

func check(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

func fields(err error) map[string]string {
	got := map[string]string{}
	if e, ok := errors.AsType[*fault.Error](err); ok {
		for _, f := range e.Fields {
			got[f.Name] = f.Code
		}
	}
	return got
}
