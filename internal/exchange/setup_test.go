package exchange_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/exchange"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/table"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

var (
	start  = calendar.FromTime(time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC))
	blao   = unit.StateID("24829")
	zone   = must(time.LoadLocation("Asia/Ho_Chi_Minh"))
	system = actor.System("test")
	clerk  = actor.Staff("s1", []actor.Grant{{Role: actor.Organizer, Unit: blao}}, actor.AllScopes)
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

type bundle struct {
	set      *store.Set
	keys     *secret.Keys
	contacts *contact.Service
	people   *resident.Service
	units    *unit.Service
	log      *audit.Service
}

func setup(t testing.TB) bundle {
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
	clock := func() calendar.Instant { return start }
	b := bundle{set: s.Set(), keys: must(secret.Open("a secret that is long enough to be one"))}
	b.log = audit.NewService(b.set.Audit, clock, id.Seeded(3))
	b.contacts = contact.NewService(b.set.Contacts, resident.Holders{Residents: b.set.Residents}, b.keys, clock)
	b.people = resident.NewService(resident.Ports{
		Residents: b.set.Residents, Texts: b.set.Texts, Contacts: b.contacts, Units: b.set.Units, Log: b.log, Now: clock, IDs: id.Seeded(4),
	})
	b.units = unit.NewService(b.set.Units, clock, id.Seeded(5))
	if err := b.people.EnsureTexts(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.units.EnsureMany(t.Context(), system, unit.InProvince(must(unit.StateUnits()), "68")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Thôn 1", "Thôn 2", "Buôn 2"} {
		if _, err := b.units.Create(t.Context(), system, unit.Draft{Kind: unit.Village, Parent: blao, Names: map[string]string{"vi": name}}); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// run imports a list and gives its figures with its remarks in short.
func (b bundle) run(t testing.TB, list []byte, dry bool) (exchange.Figures, []string) {
	t.Helper()
	f, remarks, err := b.try(t, list, dry)
	if err != nil {
		t.Fatal(err)
	}
	return f, remarks
}

// try is run of what may be no list.
func (b bundle) try(t testing.TB, list []byte, dry bool) (f exchange.Figures, remarks []string, err error) {
	t.Helper()
	r, err := table.Open(bytes.NewReader(list), int64(len(list)), table.Bounds())
	if err != nil {
		return f, nil, err
	}
	f, err = exchange.Residents{
		Table: r, Into: resident.NewImport(b.people, b.contacts, b.keys, clerk, dry), Units: exchange.NewPlaces(b.set.Units),
		Unit: blao, Zone: zone, Progress: func(int64, int64) {},
		Tell: func(m exchange.Remark) error {
			remarks = append(remarks, fmt.Sprint(m.Line, " ", m.Column, " ", m.Field, " ", m.Err))
			return nil
		},
	}.Run(t.Context())
	return f, remarks, err
}

func (b bundle) all(t *testing.T) []resident.Resident {
	t.Helper()
	list, err := b.set.Residents.Page(t.Context(), resident.Filter{Unit: blao}, page.Request{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	return list.Items
}
