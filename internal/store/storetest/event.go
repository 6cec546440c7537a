package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

func testEvents(t *testing.T, set *store.Set) {
	d := documents[event.Event, *event.Event]{
		create: set.Events.Create, get: set.Events.Get, update: set.Events.Update,
		fix:  func(e *event.Event) { e.Dirt = record.Dirt{Part: id.Part(e.ID)} },
		text: func(e *event.Event) *string { return &e.StatusNote },
	}
	d.contract(t)
	t.Run("Dirty", func(t *testing.T) {
		testDirt(t, dirt[event.Event, *event.Event]{
			documents: d, of: func(e *event.Event) *record.Dirt { return &e.Dirt },
			dirty: func(e *event.Event) ([]event.Event, error) { return set.Events.Dirty(t.Context(), e.Part, "", 1000) },
			parts: set.Events.DirtyParts, clean: set.Events.Clean,
		})
	})
	t.Run("DirtyInTurns", func(t *testing.T) { testEventsInTurns(t, set, d.make) })
	t.Run("Page", func(t *testing.T) { testEventPages(t, set) })
	t.Run("ByName", func(t *testing.T) { testEventsByName(t, set) })
	t.Run("Marks", func(t *testing.T) { testEventMarks(t, set) })
	t.Run("Moves", func(t *testing.T) { testEventMoves(t, set) })
	t.Run("Uncounted", func(t *testing.T) { testUncountedEvents(t, set) })
	t.Run("Ended", func(t *testing.T) { testEndedEvents(t, set) })
	t.Run("Times", func(t *testing.T) {
		e := eventAt(newID(), 253_402_300_799_999)
		e.EndAt, e.CreatedAt = e.StartAt, -1
		e.LocalStart, e.LocalEnd, e.Zone = "2026-03-29T02:30", "9999-12-31T23:59", "Europe/Warsaw"
		must(t, set.Events.Create(t.Context(), &e))
		diff(t, "times of other zones, to the millisecond", get[event.Event](t)(set.Events.Get(t.Context(), e.ID)), e)
	})
	t.Run("Accents", func(t *testing.T) {
		e := eventAt(newID(), now)
		e.Title = "Ngày Chủ nhật vì nhân dân, Đạ Tẻh K'Ho <b>&amp; \u1ea5 a\u0302\u0301"
		must(t, set.Events.Create(t.Context(), &e))
		got := get[event.Event](t)(set.Events.Get(t.Context(), e.ID))
		if got.Title != e.Title {
			t.Errorf("title = %+q, want %+q: a store changes no text", got.Title, e.Title)
		}
	})
}

func testEventsInTurns(t *testing.T, set *store.Set, create func() event.Event) {
	var want []string
	for range 5 {
		e := create()
		e.ID, e.Part, e.Dirty = idIn(turnsPart), turnsPart, true
		must(t, set.Events.Create(t.Context(), &e))
		want = append(want, e.ID)
	}
	slices.Sort(want)
	for limit := range 7 {
		got := walkDirty("", limit+1, func(after string, limit int) []event.Event {
			return get[[]event.Event](t)(set.Events.Dirty(t.Context(), turnsPart, after, limit))
		}, func(e event.Event) string { return e.ID })
		diff(t, "page by page", ours(got, want), want)
	}
}

func testUncountedEvents(t *testing.T, set *store.Set) {
	e := eventAt(newID(), now)
	e.Uncounted = true
	must(t, set.Events.Create(t.Context(), &e))
	listed := func() bool {
		found := get[[]event.Event](t)(set.Events.Uncounted(t.Context(), 1000))
		return slices.ContainsFunc(found, func(o event.Event) bool { return o.ID == e.ID })
	}
	if !listed() {
		t.Error("an uncounted event is not listed")
	}
	get[event.Event](t)(set.Events.Update(t.Context(), e.ID, func(e *event.Event) error {
		e.Uncounted = false
		return nil
	}))
	if listed() {
		t.Error("a counted event is listed as uncounted")
	}
}

func eventAt(unit string, start calendar.Instant) event.Event {
	e := event.Event{
		Head: record.Head{ID: newID()}, Unit: unit, Scope: []string{unit}, Type: event.Volunteer,
		StartAt: start, EndAt: start + 1000, Zone: "Asia/Ho_Chi_Minh", State: event.Published,
		Slots: []event.Slot{{ID: "s1", Name: "Ca sáng"}}, CreatedAt: now,
	}
	e.Part = id.Part(e.ID)
	return e
}

func eventIDs(t *testing.T, set *store.Set, f event.Filter, size int) []string {
	t.Helper()
	var ids []string
	walk(t, size, func(r page.Request) (page.List[event.Event], error) { return set.Events.Page(t.Context(), f, r) },
		func(e event.Event) { ids = append(ids, e.ID) })
	return ids
}

func testEventPages(t *testing.T, set *store.Set) {
	province, here, there := newID(), newID(), newID()
	var all, published, ours []string
	for i := range 12 {
		unit, state := here, event.Published
		if i%3 == 0 {
			unit = there
		}
		if i%4 == 0 {
			state = event.Draft
		}
		e := eventAt(unit, calendar.Instant(now+i/2)) // pairs start together
		e.State, e.Scope = state, []string{unit, province}
		must(t, set.Events.Create(t.Context(), &e))
		all = append(all, e.ID)
	}
	for i := 0; i < len(all); i += 2 {
		slices.Sort(all[i : i+2])
	}
	for _, id := range all {
		e := get[event.Event](t)(set.Events.Get(t.Context(), id))
		if e.State == event.Published {
			published = append(published, id)
		}
		if e.Unit == here {
			ours = append(ours, id)
		}
	}

	both := []event.State{event.Draft, event.Published}
	for size := 1; size <= 13; size += 3 {
		name := fmt.Sprintf("pages of %d: ", size)
		diff(t, name+"scope", eventIDs(t, set, event.Filter{Scope: province}, size), all)
		diff(t, name+"both states", eventIDs(t, set, event.Filter{Scope: province, States: both}, size), all)
		diff(t, name+"one state", eventIDs(t, set, event.Filter{Scope: province, States: both[1:]}, size), published)
		diff(t, name+"unit", eventIDs(t, set, event.Filter{Unit: here}, size), ours)
		diff(t, name+"unit in scope", eventIDs(t, set, event.Filter{Unit: here, Scope: province, States: both}, size), ours)
		diff(t, name+"from and until", eventIDs(t, set, event.Filter{Scope: province, From: now + 1, Until: now + 3}, size), all[2:6])
	}
	village, home := newID(), eventAt(there, now+2)
	home.Village = village
	must(t, set.Events.Create(t.Context(), &home))
	diff(t, "village", eventIDs(t, set, event.Filter{Village: village, States: both, From: now}, 2), []string{home.ID})
	diff(t, "village, later", eventIDs(t, set, event.Filter{Village: village, States: both, From: now + 3}, 2), []string(nil))
	coded := eventAt(there, now+2)
	coded.Short = "short" + coded.ID
	must(t, set.Events.Create(t.Context(), &coded))
	diff(t, "short code", eventIDs(t, set, event.Filter{Short: coded.Short}, 2), []string{coded.ID})
	diff(t, "no such short code", eventIDs(t, set, event.Filter{Short: coded.ID}, 2), []string(nil))
	diff(t, "unit out of scope", eventIDs(t, set, event.Filter{Unit: here, Scope: there}, 5), []string(nil))
	diff(t, "no such state", eventIDs(t, set, event.Filter{Unit: here, States: []event.State{event.Cancelled}}, 5), []string(nil))
	byState := eventIDs(t, set, event.Filter{States: []event.State{event.Published}, From: now, Until: now + 10}, 4)
	for _, id := range published {
		if !slices.Contains(byState, id) {
			t.Errorf("event %s is not in the list of its state", id)
		}
	}
	_, err := set.Events.Page(t.Context(), event.Filter{Unit: here}, page.Request{After: &page.Key{Values: []string{"soon", "", "x"}}})
	wantErr(t, err, page.ErrCursor)
}

// testEventsByName has events that start together in the order of their names,
// whatever their ids and states, page by page, and where a name changes.
func testEventsByName(t *testing.T, set *store.Set) {
	unit := newID()
	both := []event.State{event.Published, event.Postponed}
	var want []string
	for i, name := range []string{"Thôn Ánh Mai", "Thôn B'Nơr", "Thôn Đạ Nghịt", "Thôn Đạ Nghịt", "Thôn Lát"} {
		e := eventAt(unit, now)
		e.SortKey, e.State = text.SortKey(name), both[i%2]
		must(t, set.Events.Create(t.Context(), &e))
		want = append(want, e.ID)
	}
	slices.Sort(want[2:4])
	earlier := eventAt(unit, now-1)
	earlier.SortKey = text.SortKey("Thôn Xuân")
	must(t, set.Events.Create(t.Context(), &earlier))
	nameless := eventAt(unit, now)
	must(t, set.Events.Create(t.Context(), &nameless))
	want = append([]string{earlier.ID, nameless.ID}, want...)
	f := event.Filter{Scope: unit, States: both}
	for size := 1; size < 8; size++ {
		diff(t, fmt.Sprintf("pages of %d", size), eventIDs(t, set, f, size), want)
		diff(t, fmt.Sprintf("any state, pages of %d", size), eventIDs(t, set, event.Filter{Unit: unit}, size), want)
		var marks []string
		walk(t, size, func(r page.Request) (page.List[event.Mark], error) { return set.Events.Marks(t.Context(), f, r) },
			func(m event.Mark) { marks = append(marks, m.ID) })
		diff(t, fmt.Sprintf("marks in pages of %d", size), marks, want)
	}
	get[event.Event](t)(set.Events.Update(t.Context(), nameless.ID, func(e *event.Event) error {
		e.SortKey = text.SortKey("Thôn Y")
		return nil
	}))
	want = append(append([]string{want[0]}, want[2:]...), nameless.ID)
	diff(t, "named later", eventIDs(t, set, f, 3), want)
}

func testEventMarks(t *testing.T, set *store.Set) {
	unit := newID()
	var ids []string
	for i := range 7 {
		e := eventAt(unit, calendar.Instant(now+i/2))
		e.State = []event.State{event.Published, event.Postponed, event.Draft}[i%3]
		must(t, set.Events.Create(t.Context(), &e))
		for range i {
			get[event.Event](t)(set.Events.Update(t.Context(), e.ID, func(e *event.Event) error {
				e.StatusNote += "x"
				return nil
			}))
		}
		ids = append(ids, e.ID)
	}
	f := event.Filter{Scope: unit, States: []event.State{event.Published, event.Postponed}, From: now + 1}
	for size := 1; size < 6; size += 2 {
		var events, marks []event.Mark
		walk(t, size, func(r page.Request) (page.List[event.Event], error) { return set.Events.Page(t.Context(), f, r) },
			func(e event.Event) { events = append(events, event.Mark{ID: e.ID, Ver: e.Ver}) })
		walk(t, size, func(r page.Request) (page.List[event.Mark], error) { return set.Events.Marks(t.Context(), f, r) },
			func(m event.Mark) { marks = append(marks, m) })
		diff(t, fmt.Sprintf("marks in pages of %d", size), marks, events)
		if len(marks) != 3 || marks[2].Ver != 7 {
			t.Errorf("marks = %v, want three, the last of version 7", marks)
		}
	}
	_, err := set.Events.Marks(t.Context(), f, page.Request{After: &page.Key{Values: []string{"soon", "", "x"}}})
	wantErr(t, err, page.ErrCursor)

	var many []string
	for _, e := range get[[]event.Event](t)(set.Events.Many(t.Context(), []string{ids[4], ids[1], "absent", ids[4]})) {
		many = append(many, e.ID)
	}
	want := []string{ids[1], ids[4]}
	slices.Sort(want)
	diff(t, "many", many, want)
	if none := get[[]event.Event](t)(set.Events.Many(t.Context(), nil)); len(none) > 0 {
		t.Errorf("of no ids there are %d events", len(none))
	}
}

func testEventMoves(t *testing.T, set *store.Set) {
	old, next := newID(), newID()
	e := eventAt(old, now)
	must(t, set.Events.Create(t.Context(), &e))
	get[event.Event](t)(set.Events.Update(t.Context(), e.ID, func(e *event.Event) error {
		e.Scope, e.StartAt, e.State = []string{next}, now+5, event.Postponed
		return nil
	}))
	diff(t, "old scope", eventIDs(t, set, event.Filter{Scope: old}, 5), []string(nil))
	diff(t, "old state", eventIDs(t, set, event.Filter{Unit: old, States: []event.State{event.Published}}, 5), []string(nil))
	diff(t, "old time", eventIDs(t, set, event.Filter{Unit: old, Until: now + 5}, 5), []string(nil))
	diff(t, "new place", eventIDs(t, set, event.Filter{Scope: next, States: []event.State{event.Postponed}, From: now + 5}, 5), []string{e.ID})

	get[event.Event](t)(set.Events.Update(t.Context(), e.ID, func(e *event.Event) error {
		e.StartAt = now + 9
		return nil
	}))
	diff(t, "by time alone, from where it was", eventIDs(t, set, event.Filter{Scope: next, Until: now + 9}, 5), []string(nil))
	diff(t, "by time alone, once", eventIDs(t, set, event.Filter{Scope: next}, 5), []string{e.ID})
}

func testEndedEvents(t *testing.T, set *store.Set) {
	var want []string
	for i := range 5 {
		e := eventAt(newID(), calendar.Instant(1000*(1+i/2)))
		e.State = event.Reported
		must(t, set.Events.Create(t.Context(), &e))
		want = append(want, e.ID)
	}
	slices.Sort(want[:2])
	slices.Sort(want[2:4])
	ended := func(after *page.Key, limit int) []event.Event {
		t.Helper()
		return get[[]event.Event](t)(set.Events.Ended(t.Context(), event.Reported, 4000, after, limit))
	}
	var got []string
	var after *page.Key
	for {
		found := ended(after, 2)
		if len(found) == 0 {
			break
		}
		for _, e := range found {
			got = append(got, e.ID)
		}
		last := found[len(found)-1]
		after = &page.Key{Values: []string{fmt.Sprint(int64(last.EndAt)), last.ID}}
	}
	diff(t, "by end, then id; not what ends at the instant", got, want[:4])
}
