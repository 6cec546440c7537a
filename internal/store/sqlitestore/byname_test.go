package sqlitestore_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/text"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Events of a file of before names ordered them are listed, once each, and take
// their place when they get a name; all units are there for that.
func TestOpen_NamesEvents(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sunday.db")
	store := MustOpen(t, sqlitestore.Options{Path: path})
	for _, id := range []string{"a", "b", "c"} {
		e := event.Event{Head: record.Head{ID: id}, Unit: "u", Scope: []string{"u"}, State: event.Published, StartAt: 7}
		if err := store.Set().Events.Create(t.Context(), &e); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Set().Units.Create(t.Context(), &unit.Unit{Head: record.Head{ID: "u"}, Kind: unit.Commune}); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	//nolint:unqueryvet // every column, whatever it is: the table is the same
	before := mustOlder(t, "0013_ledger_by_part.sql", "ATTACH '"+path+`' AS now;
		INSERT INTO events SELECT * FROM now.events;
		INSERT INTO event_lists SELECT list, state, start_at, id FROM now.event_lists;
		INSERT INTO units SELECT id, ver, op, outbox, doc, parent, kind, code, sort_key FROM now.units`)

	store = MustOpen(t, sqlitestore.Options{Path: before})
	t.Cleanup(func() { _ = store.Close() })
	events := store.Set().Events
	listed := func() (ids []string) {
		t.Helper()
		r := page.Request{Limit: 2}
		for {
			l, err := events.Page(t.Context(), event.Filter{Scope: "u", States: []event.State{event.Published}}, r)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range l.Items {
				ids = append(ids, e.ID)
			}
			if r.After = l.Next; r.After == nil {
				return ids
			}
		}
	}
	if got, want := listed(), []string{"a", "b", "c"}; !slices.Equal(got, want) {
		t.Errorf("opened: %v, want %v", got, want)
	}
	if dirty, err := store.Set().Units.Dirty(t.Context(), 9); err != nil || len(dirty) != 1 || dirty[0].ID != "u" {
		t.Errorf("events follow the names of %+v (%v)", dirty, err)
	} else if done, err := store.Set().Units.Clean(t.Context(), "u", dirty[0].PlanVer); err != nil || !done {
		t.Errorf("a unit of before cannot be cleaned: %v", err)
	}
	for id, name := range map[string]string{"a": "Thôn Lát", "b": "Thôn An", "c": "Thôn Bình"} {
		_, err := events.Update(t.Context(), id, func(e *event.Event) error { e.SortKey = text.SortKey(name); return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	if got, want := listed(), []string{"b", "c", "a"}; !slices.Equal(got, want) {
		t.Errorf("named: %v, want %v", got, want)
	}
}
