package registration_test

import (
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// resident enters somebody.
func (b *bundle) resident(t *testing.T) resident.Resident {
	t.Helper()
	r, err := b.residents.Create(t.Context(), b.staff(actor.Organizer), resident.Draft{Unit: b.unit, Name: "Đỗ An"})
	must(t, err)
	return r
}

func (b *bundle) enter(t *testing.T, e event.Event, who resident.Resident, party int) registration.Registration {
	t.Helper()
	r, err := b.Enter(t.Context(), b.staff(actor.Organizer), registration.Entry{Event: e.ID, Resident: who.ID, Party: party})
	must(t, err)
	return r
}

func (b *bundle) merge(t *testing.T, loser, winner resident.Resident) {
	t.Helper()
	_, err := b.residents.Merge(t.Context(), b.staff(actor.Organizer), loser.ID, winner.ID, 0)
	must(t, err)
	for range 2 {
		done, err := b.FollowMerge(t.Context(), winner.ID)
		if err != nil || !done {
			t.Fatalf("done %v, %v", done, err)
		}
	}
}

func (b *bundle) again(t *testing.T, r registration.Registration) registration.Registration {
	t.Helper()
	found, err := b.set.Registrations.Get(t.Context(), r.ID)
	must(t, err)
	return found
}

// Of two registrations of one person the first in the roll stays, whoever of
// the two lives on; the other one's seat goes to who waits.
func TestService_FollowMerge(t *testing.T) {
	t.Parallel()
	for _, capacity := range []int{0, 5} {
		for _, firstWins := range []bool{true, false} {
			b := setup(t)
			e, alone := b.event(t, capacity, 96*hour), b.event(t, capacity, 96*hour)
			one, two, third := b.resident(t), b.resident(t), b.resident(t)
			first := b.enter(t, e, one, 2)
			b.now++
			second := b.enter(t, e, two, 3)
			next := b.enter(t, e, third, 3)
			left := b.enter(t, alone, two, 1)
			if firstWins {
				b.merge(t, two, one)
			} else {
				b.merge(t, one, two)
			}
			wantState(t, "the first", b.again(t, first).State, registration.Registered)
			if got := b.again(t, second); got.State != registration.Cancelled || got.Reason != registration.ReasonMerged {
				t.Errorf("the second is %s because of %q", got.State, got.Reason)
			}
			wantState(t, "who waited", b.again(t, next).State, registration.Registered)
			wantState(t, "the only one at its event", b.again(t, left).State, registration.Registered)
		}
	}
}

// Whoever was merged is registered once, under whichever id, and may come back
// after giving up.
func TestService_FollowMerge_RegistersOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 5, 96*hour)
	loser, winner := b.resident(t), b.resident(t)
	kept := b.enter(t, e, loser, 2)
	b.now++
	double := b.enter(t, e, winner, 1)
	b.merge(t, loser, winner)
	if got := b.enter(t, e, winner, 1); got.ID != kept.ID {
		t.Errorf("registered twice: %+v", got)
	}
	_, err := b.CancelByStaff(t.Context(), b.staff(actor.Organizer), kept.ID)
	must(t, err)
	if got := b.enter(t, e, winner, 4); got.ID != double.ID || got.State != registration.Registered || got.Party != 4 {
		t.Errorf("come back: %+v", got)
	}
}

// While the roll has not decided on one of the two, the merge waits.
func TestService_FollowMerge_Unsettled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 5, 96*hour)
	loser, winner := b.resident(t), b.resident(t)
	b.enter(t, e, winner, 1)
	loose := b.enter(t, e, loser, 2)
	_, err := b.set.Registrations.Update(t.Context(), loose.ID, func(r *registration.Registration) error {
		r.State = registration.Unsettled
		return nil
	})
	must(t, err)
	_, err = b.residents.Merge(t.Context(), b.staff(actor.Organizer), loser.ID, winner.ID, 0)
	must(t, err)
	if done, err := b.FollowMerge(t.Context(), winner.ID); done || err != nil {
		t.Errorf("done %v, %v", done, err)
	}
}

// Erasing the one who lives on gives up what was registered under any id.
func TestService_CancelErased_OfAliases(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 5, 96*hour)
	loser, winner := b.resident(t), b.resident(t)
	kept := b.enter(t, e, loser, 2)
	b.merge(t, loser, winner)
	office := b.staff(actor.Organizer)
	_, err := b.residents.Erase(t.Context(), office, winner.ID)
	must(t, err)
	must(t, b.CancelErased(t.Context(), office, winner.ID))
	if got := b.again(t, kept); got.State != registration.Cancelled || got.Reason != registration.ReasonErased {
		t.Errorf("it is %s because of %q", got.State, got.Reason)
	}
}

// A calendar takes what comes after a merge only by a higher number than that of
// what either record sent before.
func TestService_FollowMerge_GoesOnCountingTurns(t *testing.T) {
	t.Parallel()
	for _, capacity := range []int{0, 9} {
		b := setup(t)
		e := b.event(t, capacity, 96*hour)
		one, two := b.resident(t), b.resident(t)
		stays := b.enter(t, e, one, 1)
		b.now++
		gone := b.enter(t, e, two, 1)
		_, err := b.CancelByStaff(t.Context(), b.staff(actor.Organizer), gone.ID)
		must(t, err)
		b.merge(t, two, one)
		if got := b.again(t, stays); got.State != registration.Registered || got.Turns != 2 {
			t.Errorf("capacity %d: %s after %d turns, want more than the one that was given up", capacity, got.State, got.Turns)
		}
		b.merge(t, two, one)
		if got := b.again(t, stays); got.Turns != 2 {
			t.Errorf("capacity %d: merged again it has %d turns", capacity, got.Turns)
		}
	}
}

// An own page of before the merge shows and withdraws what the person agrees to now:
// messages go by the record that lives on.
func TestService_SetWish_AfterMerge(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 5, 96*hour)
	text, err := resident.TextFor(resident.ForReminders, "vi")
	must(t, err)
	loser, err := b.residents.Create(t.Context(), b.staff(actor.Organizer), resident.Draft{
		Unit: b.unit, Name: "Do An", Contacts: []resident.ContactInput{{Kind: contact.Email, Value: "an@example.org"}},
		Consents: []resident.Choice{{Purpose: resident.ForReminders, Given: true, Text: text.ID, Source: resident.FromPaper}},
	})
	must(t, err)
	kept := b.enter(t, e, loser, 2)
	winner := b.resident(t)
	b.merge(t, loser, winner)
	own := b.keys.Link(secret.LinkOwn, kept.ID, 0)
	w, err := b.Wishes(t.Context(), own)
	if err != nil || w.Contact != loser.Contact || !slices.Equal(w.Given, []resident.Purpose{resident.ForReminders}) {
		t.Errorf("got contact %q, %v, %v", w.Contact, w.Given, err)
	}
	must(t, b.SetWish(t.Context(), own, resident.ForReminders, false, text.ID))
	lives, err := b.set.Residents.Get(t.Context(), winner.ID)
	if err != nil || lives.Agrees(resident.ForReminders) {
		t.Errorf("still agrees, %v", err)
	}
}

// Whoever confirms after their record was merged is vouched for where it is sure
// which address they confirmed.
func TestService_Confirm_AfterMerge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		other []resident.ContactInput // of the record that lives on
		sure  bool
	}{
		{"One", nil, true},
		{"Two", []resident.ContactInput{{Kind: contact.Email, Value: "other@example.org"}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			receipt := b.register(t, b.form(b.event(t, 5, 96*hour), "An", 2))
			loser, err := b.set.Residents.Get(t.Context(), b.of(t, receipt).Resident)
			must(t, err)
			winner, err := b.residents.Create(t.Context(), b.staff(actor.Organizer), resident.Draft{Unit: b.unit, Name: "Đỗ An", Contacts: tt.other})
			must(t, err)
			b.merge(t, loser, winner)

			b.confirm(t, receipt)
			c, err := b.set.Contacts.Get(t.Context(), loser.Contact)
			must(t, err)
			if vouched := c.State == contact.Verified; vouched != tt.sure {
				t.Errorf("the address is verified: %v, want %v", vouched, tt.sure)
			}
		})
	}
}
