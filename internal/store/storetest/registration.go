package storetest

import (
	"context"
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

func testRegistrations(t *testing.T, set *store.Set) {
	d := registrationDocuments(set)
	d.contract(t)
	t.Run("Dirty", func(t *testing.T) {
		testDirt(t, dirt[registration.Registration, *registration.Registration]{
			documents: d, of: func(r *registration.Registration) *record.Dirt { return &r.Dirt },
			dirty: func(r *registration.Registration) ([]registration.Registration, error) {
				return set.Registrations.Dirty(t.Context(), r.Part, registration.DirtyKey{}, 1000)
			},
			parts: set.Registrations.DirtyParts, clean: func(ctx context.Context, id string, planVer int64) (bool, error) {
				r, err := set.Registrations.Get(ctx, id)
				if err != nil {
					r.Part = 0 // of one that is not there any part will do
				}
				n, err := set.Registrations.Clean(ctx, r.Part, []registration.Seen{{ID: id, PlanVer: planVer}, {ID: newHash(), PlanVer: planVer + 1}})
				return n == 1, err
			},
		})
	})
	t.Run("DirtyInTurns", func(t *testing.T) {
		var want []registration.DirtyKey
		events := []string{idIn(turnsPart), idIn(turnsPart), idIn(turnsPart)}
		for i := range 7 {
			r := d.make()
			r.Event, r.Part, r.Dirty = events[i%3], turnsPart, true
			must(t, set.Registrations.Create(t.Context(), &r))
			want = append(want, registration.DirtyKey{Event: r.Event, ID: r.ID})
		}
		slices.SortFunc(want, registration.DirtyKey.Compare)
		for limit := range 8 {
			got := walkDirty(registration.DirtyKey{}, limit+1, func(after registration.DirtyKey, limit int) []registration.Registration {
				return get[[]registration.Registration](t)(set.Registrations.Dirty(t.Context(), turnsPart, after, limit))
			}, func(r registration.Registration) registration.DirtyKey {
				return registration.DirtyKey{Event: r.Event, ID: r.ID}
			})
			diff(t, "page by page", ours(got, want), want)
		}
	})
	t.Run("Links", func(t *testing.T) { testRegistrationLinks(t, set) })
	t.Run("Page", func(t *testing.T) { testRegistrationPages(t, set) })
	t.Run("Heads", func(t *testing.T) { testHeads(t, set) })
	t.Run("DirtyOf", func(t *testing.T) { testDirtyOf(t, set) })
	t.Run("Lapsed", func(t *testing.T) { testLapsedAndLoose(t, set) })
	t.Run("Delete", func(t *testing.T) {
		a, b := d.make(), d.make()
		must(t, set.Registrations.Create(t.Context(), &a))
		must(t, set.Registrations.Create(t.Context(), &b))
		must(t, set.Registrations.Delete(t.Context(), []string{a.ID, newHash()}))
		must(t, set.Registrations.Delete(t.Context(), nil))
		_, err := set.Registrations.Get(t.Context(), a.ID)
		wantErr(t, err, record.ErrAbsent)
		diff(t, "Many", get[[]registration.Registration](t)(set.Registrations.Many(t.Context(), b.Event, []string{b.ID, a.ID})), []registration.Registration{b})
		diff(t, "Many of another event", len(get[[]registration.Registration](t)(set.Registrations.Many(t.Context(), newHash(), []string{b.ID}))), 0)
		diff(t, "Many of none", len(get[[]registration.Registration](t)(set.Registrations.Many(t.Context(), b.Event, nil))), 0)
	})
}

func registrationDocuments(set *store.Set) documents[registration.Registration, *registration.Registration] {
	return documents[registration.Registration, *registration.Registration]{
		create: set.Registrations.Create, get: set.Registrations.Get, update: set.Registrations.Update,
		fix: func(r *registration.Registration) {
			r.Event, r.Resident = newID(), newID()
			r.Dirt = record.Dirt{Part: id.Part(r.Event)}
			r.LinkHash, r.ConfirmHash = newHash(), newHash()
		},
		text: func(r *registration.Registration) *string { return &r.Form },
	}
}

// registered makes n stored registrations of one event, ordered by id.
func registered(t *testing.T, set *store.Set, n int, change func(int, *registration.Registration)) []registration.Registration {
	t.Helper()
	event := newID()
	all := make([]registration.Registration, n)
	for i := range all {
		r := registrationDocuments(set).make()
		r.Event, r.Part = event, id.Part(event)
		change(i, &r)
		all[i] = r
	}
	slices.SortFunc(all, func(a, b registration.Registration) int { return compare(a.ID, b.ID) })
	for i := range all {
		must(t, set.Registrations.Create(t.Context(), &all[i]))
	}
	return all
}

func registrationIDs(rs []registration.Registration) []string {
	var ids []string
	for _, r := range rs {
		ids = append(ids, r.ID)
	}
	return ids
}

func testRegistrationLinks(t *testing.T, set *store.Set) {
	r := registered(t, set, 1, func(int, *registration.Registration) {})[0]
	diff(t, "ByLink", get[registration.Registration](t)(set.Registrations.ByLink(t.Context(), r.LinkHash)), r)
	diff(t, "ByConfirm", get[registration.Registration](t)(set.Registrations.ByConfirm(t.Context(), r.ConfirmHash)), r)
	got := get[[]registration.Registration](t)(set.Registrations.ByResident(t.Context(), r.Resident, 5))
	diff(t, "ByResident", got, []registration.Registration{r})

	bare := registrationDocuments(set).make()
	bare.LinkHash, bare.ConfirmHash, bare.Resident = "", "", ""
	must(t, set.Registrations.Create(t.Context(), &bare))
	for _, hash := range []string{"", r.ConfirmHash} {
		_, err := set.Registrations.ByLink(t.Context(), hash)
		wantErr(t, err, record.ErrAbsent)
	}
	for _, hash := range []string{"", r.LinkHash} {
		_, err := set.Registrations.ByConfirm(t.Context(), hash)
		wantErr(t, err, record.ErrAbsent)
	}
}

func testRegistrationPages(t *testing.T, set *store.Set) {
	states := []registration.State{registration.Registered, registration.Waitlisted, registration.Cancelled}
	all := registered(t, set, 10, func(i int, r *registration.Registration) { r.State = states[i%3] })
	live := slices.DeleteFunc(slices.Clone(all), func(r registration.Registration) bool { return !r.State.Live() })
	for _, size := range []int{1, 3, 10, 11} {
		for name, f := range map[string]struct {
			states []registration.State
			want   []registration.Registration
		}{"all": {nil, all}, "live": {states[:2], live}, "none": {[]registration.State{registration.Offered}, nil}} {
			var got []string
			walk(t, size, func(r page.Request) (page.List[registration.Registration], error) {
				return set.Registrations.Page(t.Context(), registration.Filter{Event: all[0].Event, States: f.states}, r)
			}, func(r registration.Registration) { got = append(got, r.ID) })
			diff(t, name, got, registrationIDs(f.want))
		}
	}
}

func testHeads(t *testing.T, set *store.Set) {
	states := []registration.State{registration.Registered, registration.Cancelled, registration.Pending, registration.Waitlisted}
	slots := []string{"s1", "s2"}
	fill := func(i int, r *registration.Registration) {
		r.State, r.Slot, r.Party = states[i%4], slots[i/4%2], 1<<i
	}
	one, two, other := registered(t, set, 8, fill)[0].Event, registered(t, set, 3, fill)[0].Event, registered(t, set, 1, fill)[0].Event
	heads := func(events []string, states ...registration.State) []registration.Heads {
		return get[[]registration.Heads](t)(set.Registrations.Heads(t.Context(), events, states))
	}
	have := []registration.State{registration.Pending, registration.Registered}
	want := []registration.Heads{
		{Event: one, Slot: "s1", People: 1 + 4}, {Event: one, Slot: "s2", People: 16 + 64}, {Event: two, Slot: "s1", People: 1 + 4},
	}
	slices.SortFunc(want, func(a, b registration.Heads) int { return compare(a.Event+a.Slot, b.Event+b.Slot) })
	diff(t, "two events", heads([]string{one, two, newID()}, have...), want)
	diff(t, "one event", heads([]string{other}, have...), []registration.Heads{{Event: other, Slot: "s1", People: 1}})
	diff(t, "other states", heads([]string{two}, registration.Waitlisted), []registration.Heads(nil))
	diff(t, "no events", heads(nil, have...), []registration.Heads(nil))
	diff(t, "no states", heads([]string{one}), []registration.Heads(nil))
}

func testDirtyOf(t *testing.T, set *store.Set) {
	all := registered(t, set, 6, func(i int, r *registration.Registration) { r.Dirty = i != 2 })
	want := slices.DeleteFunc(slices.Clone(all), func(r registration.Registration) bool { return !r.Dirty })
	var got []registration.Registration
	for after := ""; ; {
		found := get[[]registration.Registration](t)(set.Registrations.DirtyOf(t.Context(), all[0].Part, all[0].Event, after, 2))
		if len(found) == 0 {
			break
		}
		got, after = append(got, found...), found[len(found)-1].ID
	}
	diff(t, "dirty ones of one event, by id", registrationIDs(got), registrationIDs(want))
}

// testLapsedAndLoose uses instants long before those of the other cases.
func testLapsedAndLoose(t *testing.T, set *store.Set) {
	const limit = calendar.Instant(5000)
	pending := registered(t, set, 4, func(i int, r *registration.Registration) {
		r.State, r.HoldUntil = registration.Pending, calendar.Instant(4998+i)
	})
	registered(t, set, 1, func(_ int, r *registration.Registration) {
		r.State, r.HoldUntil = registration.Registered, 1
	})
	got := get[[]registration.Registration](t)(set.Registrations.Lapsed(t.Context(), limit, 9))
	diff(t, "holds that ended before", registrationIDs(got), holdsBefore(pending, limit))

	loose := registered(t, set, 4, func(i int, r *registration.Registration) {
		r.State, r.CreatedAt = registration.Unsettled, calendar.Instant(4998+i)
	})
	got = get[[]registration.Registration](t)(set.Registrations.Loose(t.Context(), limit, 9))
	slices.SortFunc(got, func(a, b registration.Registration) int { return compare(a.ID, b.ID) })
	var want []string
	for _, r := range loose {
		if r.CreatedAt < limit {
			want = append(want, r.ID)
		}
	}
	diff(t, "unsettled ones made before", registrationIDs(got), want)
}

// holdsBefore gives the ids in the order in which their holds end.
func holdsBefore(rs []registration.Registration, limit calendar.Instant) []string {
	rs = slices.DeleteFunc(slices.Clone(rs), func(r registration.Registration) bool { return r.HoldUntil >= limit })
	slices.SortFunc(rs, func(a, b registration.Registration) int { return compare(a.HoldUntil, b.HoldUntil) })
	return registrationIDs(rs)
}
