package registration_test

import (
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// givenUp is a registration that its person confirmed and then gave up.
func (b *bundle) givenUp(t *testing.T, f registration.Form) registration.Registration {
	t.Helper()
	receipt := b.register(t, f)
	own := b.confirm(t, receipt)
	_, err := b.CancelOwn(t.Context(), own.Token, b.formID())
	must(t, err)
	return b.of(t, receipt)
}

// What a page showed is what the person knows, until another page shows more:
// else they would be told by mail of what they did themselves.
func TestService_Shown_StaysWhereNothingNewIsShown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 5, 96*hour)
	r := b.givenUp(t, b.form(e, "An", 2))
	if r.Shown.Seat != "cancelled" {
		t.Fatalf("shown %+v after giving up", r.Shown)
	}
	entered, err := b.Enter(t.Context(), b.staff(actor.Organizer), registration.Entry{Event: e.ID, Resident: r.Resident, Party: 2})
	must(t, err)
	if entered.State != registration.Registered || entered.Shown != r.Shown {
		t.Errorf("entered: %s, shown %+v, want %+v", entered.State, entered.Shown, r.Shown)
	}
}

func TestService_Shown_OfAFormTakenUpAgainIsTheNewest(t *testing.T) {
	t.Parallel()
	for _, capacity := range []int{0, 5} {
		b := setup(t)
		e := b.event(t, capacity, 96*hour)
		r := b.givenUp(t, b.form(e, "An", 2))
		again := b.of(t, b.register(t, b.form(e, "An", 3)))
		if again.ID != r.ID || again.Shown.Seat != "pending" || again.Shown.SeatVer != again.PlanVer {
			t.Errorf("capacity %d: shown %+v at plan_ver %d, want the pending seat of now", capacity, again.Shown, again.PlanVer)
		}
		own, err := b.Confirm(t.Context(), b.keys.Link(secret.LinkConfirm, r.ID, 0))
		must(t, err)
		if got := own.Registration; got.Shown.Seat != "registered" || got.Shown.SeatVer != got.PlanVer {
			t.Errorf("capacity %d: shown %+v at plan_ver %d", capacity, got.Shown, got.PlanVer)
		}
	}
}
