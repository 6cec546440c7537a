package resident_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

func TestService_Erase(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.mustCreate(t, resident.Draft{
		Name: "Đỗ An", Village: b.village, Household: "hộ 7", Contacts: email("an@example.org", "family@example.org"),
		Consents: []resident.Choice{choice(t, resident.ForNews, true, resident.FromPaper)},
	})
	mate := b.mustCreate(t, resident.Draft{Name: "Đỗ Bình", Contacts: email("family@example.org")})
	for range 2 {
		got, err := b.Erase(t.Context(), organizer, r.ID)
		check(t, "erase", err, nil)
		if got.Name != "" || got.Words != nil || got.SortKey != nil || got.Contact != "" || len(got.Contacts) != 0 || got.Household != "" {
			t.Errorf("left is %+v", got)
		}
		if got.ErasedAt != start || got.Unit != blao || got.Village != b.village || len(got.Consents) != 1 || !got.Dirty {
			t.Errorf("the totals changed: %+v", got)
		}
	}
	for i, kept := range []bool{false, true} { // the family's address is another's too
		c, err := b.contacts.Get(t.Context(), r.Contacts[i])
		if err != nil || (len(c.Sealed) > 0) != kept {
			t.Errorf("contact %d: kept %v, %v", i, len(c.Sealed) > 0, err)
		}
	}
	if shown, err := b.Reveal(t.Context(), organizer, mate.ID); err != nil || len(shown) != 1 {
		t.Errorf("the other lost the address (%v)", err)
	}
	name := "X"
	_, err := b.Update(t.Context(), organizer, r.ID, 0, resident.Edit{Name: &name})
	check(t, "an edit", err, resident.ErrErased)
	_, err = b.Consent(t.Context(), actor.Resident(), r.ID, choice(t, resident.ForNews, true, resident.FromWeb))
	check(t, "a consent", err, resident.ErrErased)
}

// deaf fails at forgetting, as if killed before it.
type deaf struct{ resident.Contacts }

var errKilled = errors.New("killed")

func (deaf) Forget(context.Context, actor.Actor, string) (contact.Contact, error) {
	return contact.Contact{}, errKilled
}

func TestService_Erase_afterKill(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.mustCreate(t, resident.Draft{Name: "Đỗ An", Contacts: email("an@example.org")})
	killed := resident.NewService(resident.Ports{
		Residents: b.set.Residents, Contacts: deaf{b.contacts},
		Now: func() calendar.Instant { return start }, IDs: id.Seeded(9),
	})
	_, err := killed.Erase(t.Context(), actor.Resident(), r.ID)
	check(t, "killed", err, errKilled)
	if half := b.mustGet(t, r.ID); half.Name != "" || half.Contact != "" || half.ErasedAt == 0 {
		t.Errorf("something could still be sent: %+v", half)
	}
	_, err = b.Erase(t.Context(), actor.Resident(), r.ID)
	check(t, "again", err, nil)
	c, err := b.contacts.Get(t.Context(), r.Contact)
	if err != nil || len(c.Sealed) != 0 || len(b.mustGet(t, r.ID).Contacts) != 0 {
		t.Errorf("the address is kept (%v)", err)
	}
}

func TestForgettable(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * 60 * 60 * 1000
	oneOff := resident.Resident{Public: true, CreatedAt: 1}
	agrees := func(p resident.Purpose, given bool) []resident.Consent {
		return []resident.Consent{{Purpose: p, Given: true}, {Purpose: p, Given: given}}
	}
	for name, test := range map[string]struct {
		change func(*resident.Resident)
		live   bool
		now    calendar.Instant
		want   bool
	}{
		"a one-off":            {func(*resident.Resident) {}, false, week + 1, true},
		"too young":            {func(*resident.Resident) {}, false, week, false},
		"registered":           {func(*resident.Resident) {}, true, week + 1, false},
		"entered by staff":     {func(r *resident.Resident) { r.Public = false }, false, week + 1, false},
		"erased":               {func(r *resident.Resident) { r.ErasedAt = 2 }, false, week + 1, false},
		"merged":               {func(r *resident.Resident) { r.MergedInto = "x" }, false, week + 1, false},
		"wants reminders":      {func(r *resident.Resident) { r.Consents = agrees(resident.ForReminders, true) }, false, week + 1, false},
		"wants news":           {func(r *resident.Resident) { r.Consents = agrees(resident.ForNews, true) }, false, week + 1, false},
		"withdrew":             {func(r *resident.Resident) { r.Consents = agrees(resident.ForNews, false) }, false, week + 1, true},
		"wanted to be told of": {func(r *resident.Resident) { r.Consents = agrees(resident.ForRegistration, true) }, false, week + 1, true},
	} {
		r := oneOff
		test.change(&r)
		if got := resident.Forgettable(r, test.live, test.now); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

func TestService_ForgetIdle(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r, _, err := b.EnsurePublic(t.Context(), resident.PublicInput{
		ID: id.Hash("form"), Unit: blao, Name: "Đỗ An", Email: "an@example.org",
	})
	check(t, "form", err, nil)
	*b.now += 90 * 24 * 60 * 60 * 1000
	for _, live := range []bool{true, false, false} {
		did, err := b.ForgetIdle(t.Context(), system, r.ID, live)
		gone := b.mustGet(t, r.ID).ErasedAt != 0
		if err != nil || did && live || gone == live {
			t.Errorf("live %v: did %v, gone %v, %v", live, did, gone, err)
		}
	}
}

// What staff entered stays after the last event, also in a record that a form made;
// two that forms made are forgotten like one.
func TestService_ForgetIdle_merged(t *testing.T) {
	t.Parallel()
	form := func(t *testing.T, b bundle, name string) resident.Resident {
		t.Helper()
		r, _, err := b.EnsurePublic(t.Context(), resident.PublicInput{ID: id.Hash(name), Unit: blao, Name: name, Email: "an@example.org"})
		check(t, "form", err, nil)
		return r
	}
	for name, test := range map[string]struct {
		other func(*testing.T, bundle) resident.Resident
		want  bool
	}{
		"of staff": {func(t *testing.T, b bundle) resident.Resident {
			t.Helper()
			return b.mustCreate(t, resident.Draft{Name: "Do An", Contacts: email("do.an@example.org")})
		}, false},
		"of another form": {func(t *testing.T, b bundle) resident.Resident { t.Helper(); return form(t, b, "Do Anh") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			winner := form(t, b, "Đỗ An")
			_, err := b.Merge(t.Context(), organizer, test.other(t, b).ID, winner.ID, 0)
			check(t, "merge", err, nil)
			*b.now += 90 * 24 * 60 * 60 * 1000
			did, err := b.ForgetIdle(t.Context(), system, winner.ID, false)
			if err != nil || did != test.want {
				t.Errorf("forgotten %v, %v, want %v", did, err, test.want)
			}
		})
	}
}

func TestService_Merge(t *testing.T) {
	t.Parallel()
	b := setup(t)
	winner := b.mustCreate(t, resident.Draft{Name: "Đỗ An", Consents: []resident.Choice{choice(t, resident.ForNews, true, resident.FromPaper)}})
	*b.now += 1000
	loser := b.mustCreate(t, resident.Draft{Name: "Do An", Contacts: email("an@example.org"),
		Consents: []resident.Choice{choice(t, resident.ForNews, false, resident.FromCall)}})
	for range 2 {
		got, err := b.Merge(t.Context(), organizer, loser.ID, winner.ID, 0)
		check(t, "merge", err, nil)
		if !slices.Equal(got.Aliases, []string{loser.ID}) || got.Contact != loser.Contact || got.Reach != resident.Own || got.Agrees(resident.ForNews) {
			t.Errorf("got %+v", got)
		}
	}
	lost := b.mustGet(t, loser.ID)
	if lost.MergedInto != winner.ID || lost.Name != "" || len(lost.Contacts) != 0 || !lost.Dirty || !b.mustGet(t, winner.ID).Dirty {
		t.Errorf("left is %+v", lost)
	}
	followed, err := b.Get(t.Context(), organizer, loser.ID)
	if err != nil || followed.ID != winner.ID {
		t.Errorf("the old id leads to %s, %v", followed.ID, err)
	}

	third := b.mustCreate(t, resident.Draft{Name: "Đỗ An", Contacts: email("an@example.org")})
	got, err := b.Merge(t.Context(), organizer, winner.ID, third.ID, 0)
	check(t, "a chain", err, nil)
	if diff := cmp.Diff([]string{winner.ID, loser.ID}, got.Aliases); diff != "" {
		t.Error(diff)
	}
	_, err = b.Merge(t.Context(), organizer, third.ID, loser.ID, 0)
	check(t, "into itself by way of an alias", err, resident.ErrMergeSelf)
	far := b.mustCreate(t, resident.Draft{Name: "Đỗ An"})
	_, err = b.Merge(t.Context(), organizer, loser.ID, far.ID, 0)
	check(t, "what was merged already", err, resident.ErrMerged)
}
