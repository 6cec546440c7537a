package registration_test

import (
	"testing"
	"time"

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

// A registration that is taken up again without a confirmation has the way to it
// mailed, as the answer to the form has none; one that is to be confirmed is
// asked to, and one that never was before is confirmed by mail.
func TestRegisterPublic_TakenUpAgain(t *testing.T) {
	t.Parallel()
	for _, capacity := range []int{0, 5} {
		for name, tt := range map[string]struct {
			in                 time.Duration
			confirmed, takenUp bool
			want               registration.State
		}{
			"in time":               {96 * hour, true, false, registration.Pending},
			"on the day before":     {26 * hour, true, true, registration.Registered},
			"for the first time":    {26 * hour, false, false, registration.Registered},
			"on the day, confirmed": {20 * hour, true, true, registration.Registered},
		} {
			b := setup(t)
			e := b.event(t, capacity, tt.in)
			receipt := b.register(t, b.form(e, "An", 2))
			own := registration.Own{Token: b.keys.Link(secret.LinkOwn, b.of(t, receipt).ID, 0)}
			if tt.confirmed {
				own = b.confirm(t, receipt)
			}
			_, err := b.CancelOwn(t.Context(), own.Token, b.formID())
			must(t, err)
			b.now = b.now.Add(4 * hour)
			b.register(t, b.form(e, "An", 3))
			r := b.of(t, receipt)
			wantState(t, name, r.State, tt.want)
			if r.TakenUp() != tt.takenUp || r.Party != 3 {
				t.Errorf("%s: taken up %v, asked at %d, made at %d, %d people", name, r.TakenUp(), r.LinkAskedAt, r.CreatedAt, r.Party)
			}
			own, err = b.Own(t.Context(), own.Token)
			must(t, err)
			if (own.Confirm != "") != (tt.want == registration.Pending) {
				t.Errorf("%s: the own page leads to %q to confirm", name, own.Confirm)
			}
		}
	}
}
