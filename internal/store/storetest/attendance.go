package storetest

import (
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

func testAttendance(t *testing.T, set *store.Set) {
	t.Run("Append", func(t *testing.T) { testAppend(t, set) })
	t.Run("Undo", func(t *testing.T) { testUndo(t, set) })
	t.Run("Dissolve", func(t *testing.T) { testDissolve(t, set) })
}

func entriesOf(event string, n int) []attendance.Entry {
	es := make([]attendance.Entry, n)
	for i := range es {
		fill(&es[i])
		es[i].Head = record.Head{ID: newHash()}
		es[i].Event, es[i].Part = event, id.Part(event)
		es[i].Undoes = ""
	}
	slices.SortFunc(es, func(a, b attendance.Entry) int { return compare(a.ID, b.ID) })
	return es
}

// allEntries reads page by page.
func allEntries(t *testing.T, set *store.Set, event string, limit int) []attendance.Entry {
	t.Helper()
	var all []attendance.Entry
	for after := ""; ; {
		found := get[[]attendance.Entry](t)(set.Attendance.ByEvent(t.Context(), id.Part(event), event, after, limit))
		if len(found) == 0 {
			return all
		}
		all, after = append(all, found...), found[len(found)-1].ID
	}
}

func testAppend(t *testing.T, set *store.Set) {
	ctx := t.Context()
	event := newID()
	es := entriesOf(event, 5)
	diff(t, "fresh", get[[]bool](t)(set.Attendance.Append(ctx, es[:2])), []bool{true, true})
	changed := slices.Clone(es)
	changed[0].People = 4000
	diff(t, "sent twice counts once", get[[]bool](t)(set.Attendance.Append(ctx, changed)), []bool{false, false, true, true, true})
	diff(t, "of none", get[[]bool](t)(set.Attendance.Append(ctx, nil)), []bool(nil))

	want := slices.Clone(es)
	for i := range want {
		want[i].Ver = 1
	}
	diff(t, "entries by id, as first sent", allEntries(t, set, event, 2), want)
	diff(t, "Get", get[attendance.Entry](t)(set.Attendance.Get(ctx, es[0].ID)), want[0])
	_, err := set.Attendance.Get(ctx, newHash())
	wantErr(t, err, record.ErrAbsent)
}

func testUndo(t *testing.T, set *store.Set) {
	ctx := t.Context()
	event := newID()
	es := entriesOf(event, 2)
	es[1].Undoes = es[0].ID
	get[[]bool](t)(set.Attendance.Append(ctx, es))
	for i, want := range []bool{true, false} {
		if got := get[bool](t)(set.Attendance.Undone(ctx, id.Part(event), event, es[i].ID)); got != want {
			t.Errorf("Undone(entry %d) = %v, want %v", i, got, want)
		}
	}
}

func testDissolve(t *testing.T, set *store.Set) {
	ctx := t.Context()
	event, other := newID(), newID()
	get[[]bool](t)(set.Attendance.Append(ctx, entriesOf(event, 3)))
	get[[]bool](t)(set.Attendance.Append(ctx, entriesOf(other, 1)))
	must(t, set.Attendance.Dissolve(ctx, id.Part(event), event))
	must(t, set.Attendance.Dissolve(ctx, id.Part(event), event))
	for _, e := range allEntries(t, set, event, 9) {
		if e.Registration != "" || e.People == 0 {
			t.Errorf("after Dissolve: registration %q, %d people", e.Registration, e.People)
		}
	}
	if e := allEntries(t, set, other, 9)[0]; e.Registration == "" {
		t.Error("Dissolve touched another event")
	}
}
