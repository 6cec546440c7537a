package reminder_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func setup(t *testing.T) (*reminder.Service, *store.Set, event.Event) {
	t.Helper()
	file, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(t.TempDir(), "s.db"), Sync: "OFF"})
	must(t, err)
	t.Cleanup(func() { must(t, file.Close()) })
	set := file.Set()
	e := event.Event{Unit: "u", Scope: []string{"u", "p"}, State: event.Published, PublishedAt: 1}
	e.ID = id.Hash("event")
	must(t, set.Events.Create(t.Context(), &e))
	for unitID, above := range map[string][]string{"u": {"p"}, "p": nil} {
		u := unit.Unit{Kind: unit.Commune, Names: map[string]string{"vi": unitID}, Zone: "Asia/Ho_Chi_Minh", Ancestors: above}
		u.ID = unitID
		must(t, set.Units.Create(t.Context(), &u))
	}
	clock := func() calendar.Instant { return 1_000_000 }
	return reminder.NewService(reminder.Ports{Rules: set.Rules, Events: set.Events, Units: set.Units, Now: clock, IDs: id.Seeded(1)}), set, e
}

func who(role actor.Role, unit string) actor.Actor {
	return actor.Staff("a", []actor.Grant{{Role: role, Unit: unit}}, actor.AllScopes)
}

// Every change of a rule makes the planner look at its event again.
func TestService_Touches(t *testing.T) {
	t.Parallel()
	s, set, e := setup(t)
	organizer, key := who(actor.Organizer, "u"), id.Hash("key")
	want := e.PlanVer
	check := func(what string, more int64) {
		t.Helper()
		got, err := set.Events.Get(t.Context(), e.ID)
		must(t, err)
		if want += more; got.PlanVer != want || !got.Dirty {
			t.Errorf("after %s plan_ver %d, want %d, dirty %v", what, got.PlanVer, want, got.Dirty)
		}
	}
	r, err := s.Add(t.Context(), organizer, key, e.ID, reminder.Input{MinutesBefore: 60})
	must(t, err)
	check("add", 1)
	again, err := s.Add(t.Context(), organizer, key, e.ID, reminder.Input{MinutesBefore: 60})
	if err != nil || again.Ver != r.Ver {
		t.Errorf("a replay made %+v, %v", again, err)
	}
	check("a replay", 1)
	if _, err = s.Edit(t.Context(), organizer, r.ID, 9, reminder.Input{At: "18:00"}); !errors.Is(err, reminder.ErrVersion) {
		t.Errorf("an old version: %v", err)
	}
	r, err = s.Edit(t.Context(), organizer, r.ID, r.Ver, reminder.Input{At: "18:00"})
	if err != nil || r.At != "18:00" || r.MinutesBefore != 0 {
		t.Errorf("edited %+v, %v", r, err)
	}
	check("edit", 1)
	r, err = s.Remove(t.Context(), organizer, r.ID)
	if err != nil || !r.Removed {
		t.Errorf("removed %+v, %v", r, err)
	}
	check("remove", 1)
	if _, list, err := s.List(t.Context(), who(actor.Viewer, "p"), e.ID); err != nil || len(list) != 0 {
		t.Errorf("%d rules are left, %v", len(list), err)
	}
	must(t, s.EnsureDefault(t.Context(), e))
	must(t, s.EnsureDefault(t.Context(), e))
	if _, list, err := s.List(t.Context(), organizer, e.ID); err != nil || len(list) != 1 {
		t.Errorf("%d default rules, %v", len(list), err)
	}
}

func TestService_Refuses(t *testing.T) {
	t.Parallel()
	s, set, e := setup(t)
	in := reminder.Input{MinutesBefore: 60}
	for name, c := range map[string]struct {
		a    actor.Actor
		want error
	}{
		"viewer":   {who(actor.Viewer, "u"), reminder.ErrRole},
		"above":    {who(actor.Organizer, "p"), reminder.ErrRole},
		"stranger": {who(actor.Organizer, "x"), record.ErrAbsent},
		"resident": {actor.Resident(), actor.ErrScope},
	} {
		if _, err := s.Add(t.Context(), c.a, "", e.ID, in); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for range reminder.MaxRules {
		_, err := s.Add(t.Context(), who(actor.Organizer, "u"), "", e.ID, in)
		must(t, err)
	}
	if _, err := s.Add(t.Context(), who(actor.Organizer, "u"), "", e.ID, in); !errors.Is(err, reminder.ErrMany) {
		t.Errorf("one more than %d: %v", reminder.MaxRules, err)
	}
	_, err := set.Events.Update(t.Context(), e.ID, func(e *event.Event) error {
		e.State = event.Done
		return nil
	})
	must(t, err)
	if _, err := s.Add(t.Context(), who(actor.Organizer, "u"), "", e.ID, in); !errors.Is(err, reminder.ErrState) {
		t.Errorf("of an event that is over: %v", err)
	}
}

// Of two overrides of one rule that were made at the same moment the later
// holds, and both are listed, so that either can be removed.
func TestService_ListsBothOfTwoOverrides(t *testing.T) {
	t.Parallel()
	s, set, e := setup(t)
	far := ruleOf("p", "1", nil)
	must(t, set.Rules.Create(t.Context(), &far))
	for _, owner := range []string{e.ID, "u"} {
		for i, clock := range []string{"18:00", "17:00"} {
			r := ruleOf(owner, owner+[]string{"a", "b"}[i], all(over("1"), at(clock)))
			r.Unit = "u"
			must(t, set.Rules.Create(t.Context(), &r))
		}
	}
	lists := map[string]func() ([]reminder.Held, error){
		e.ID: func() ([]reminder.Held, error) {
			_, list, err := s.List(t.Context(), who(actor.Organizer, "u"), e.ID)
			return list, err
		},
		"u": func() ([]reminder.Held, error) { return s.ListOfUnit(t.Context(), who(actor.Organizer, "u"), "u") },
	}
	for owner, list := range lists {
		got, err := list()
		must(t, err)
		if line(got) != "1="+owner+"b@17:00 1="+owner+"a@18:00" || got[0].Replaced || !got[1].Replaced {
			t.Errorf("%s: %s, %+v", owner, line(got), got)
		}
		_, err = s.Remove(t.Context(), who(actor.Organizer, "u"), owner+"b")
		must(t, err)
		got, err = list()
		must(t, err)
		if line(got) != "1="+owner+"a@18:00" || got[0].Replaced {
			t.Errorf("%s: then %s", owner, line(got))
		}
	}
}

// dying dies before the event is touched.
type dying struct{ event.Store }

func (dying) Update(context.Context, string, func(*event.Event) error) (event.Event, error) {
	return event.Event{}, record.ErrAway
}

// A process that dies between a rule and its event leaves the rule dirty, which
// the planner's fan-out finds.
func TestService_LeavesTheRuleDirtyWhereItDies(t *testing.T) {
	t.Parallel()
	s, set, e := setup(t)
	r, err := s.Add(t.Context(), who(actor.Organizer, "u"), "", e.ID, reminder.Input{MinutesBefore: 60})
	must(t, err)
	dies := reminder.NewService(reminder.Ports{
		Rules: set.Rules, Events: dying{set.Events}, Units: set.Units, Now: func() calendar.Instant { return 1_000_000 }, IDs: id.Seeded(2),
	})
	if dirty, err := set.Rules.Dirty(t.Context(), 9); err != nil || len(dirty) != 0 {
		t.Fatalf("%d dirty rules before, %v", len(dirty), err)
	}
	if _, err := dies.Edit(t.Context(), who(actor.Organizer, "u"), r.ID, 0, reminder.Input{MinutesBefore: 90}); !errors.Is(err, record.ErrAway) {
		t.Fatalf("got %v, want it to die", err)
	}
	if dirty, err := set.Rules.Dirty(t.Context(), 9); err != nil || len(dirty) != 1 || dirty[0].MinutesBefore != 90 {
		t.Errorf("dirty rules %+v, %v", dirty, err)
	}
}
