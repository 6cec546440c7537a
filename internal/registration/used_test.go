package registration_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// others are forms of the same id with something else in it.
func (b *bundle) others(t *testing.T, f registration.Form) map[string]registration.Form {
	t.Helper()
	words, err := resident.TextFor(resident.ForNews, "vi")
	must(t, err)
	out := map[string]registration.Form{}
	for name, alter := range map[string]func(*registration.Form){
		"address": func(f *registration.Form) { f.Email = "binh@example.org" },
		"none":    func(f *registration.Form) { f.Email = "" },
		"name":    func(f *registration.Form) { f.Name = "Binh" },
		"party":   func(f *registration.Form) { f.Party++ },
		"slot":    func(f *registration.Form) { f.Slot = "s2" },
		"wish": func(f *registration.Form) {
			f.Purposes, f.Texts = []resident.Purpose{resident.ForNews}, []string{words.ID}
		},
	} {
		other := f
		alter(&other)
		out[name] = other
	}
	return out
}

// twoSlots is an event with two parts; see event.
func (b *bundle) twoSlots(t *testing.T, capacity int) event.Event {
	t.Helper()
	e := b.event(t, capacity, 96*hour)
	e, err := b.set.Events.Update(t.Context(), e.ID, func(e *event.Event) error {
		e.Slots = append(e.Slots, event.Slot{ID: "s2", Capacity: capacity})
		return nil
	})
	must(t, err)
	return e
}

// refuse sends what is refused as sent before, and leaves nothing.
func (b *bundle) refuse(t *testing.T, what string, f registration.Form) {
	t.Helper()
	before := b.everything(t, f.Event)
	if r, err := b.RegisterPublic(t.Context(), f); !errors.Is(err, registration.ErrFormUsed) {
		t.Errorf("%s: got %+v, %v, want it refused", what, r, err)
	}
	if d := cmp.Diff(before, b.everything(t, f.Event)); d != "" {
		t.Errorf("%s: something was written:\n%s", what, d)
	}
}

// everything is who is registered, and who is known.
func (b *bundle) everything(t *testing.T, eventID string) []any {
	t.Helper()
	regs, err := b.set.Registrations.Page(t.Context(), registration.Filter{Event: eventID}, page.Request{Limit: 50})
	must(t, err)
	people, err := b.set.Residents.Page(t.Context(), resident.Filter{Unit: b.unit}, page.Request{Limit: 50})
	must(t, err)
	return []any{regs.Items, people.Items}
}

// Who goes back, mends the address and sends the same form would be told that
// a mail is on its way, and none would ever come.
func TestRegisterPublic_SameFormWithSomethingElse(t *testing.T) {
	t.Parallel()
	for _, capacity := range []int{0, 5} {
		for state, after := range map[registration.State]func(*bundle, *testing.T, registration.Receipt){
			registration.Pending:    func(*bundle, *testing.T, registration.Receipt) {},
			registration.Registered: func(b *bundle, t *testing.T, r registration.Receipt) { b.confirm(t, r) },
			registration.Cancelled: func(b *bundle, t *testing.T, r registration.Receipt) {
				_, err := b.CancelOwn(t.Context(), b.confirm(t, r).Token, b.formID())
				must(t, err)
			},
		} {
			t.Run(fmt.Sprintf("%s of %d", state, capacity), func(t *testing.T) {
				t.Parallel()
				b := setup(t)
				f := b.form(b.twoSlots(t, capacity), "An", 2)
				f.Slot = "s1"
				r := b.register(t, f)
				after(b, t, r)
				wantState(t, "the first", b.of(t, r).State, state)
				for what, other := range b.others(t, f) {
					b.refuse(t, what, other)
				}
				same := f
				same.Name, same.Email = "  An ", "AN@example.org "
				if state != registration.Cancelled {
					b.register(t, same)
				}
				next := b.others(t, f)["address"]
				next.ID = b.formID()
				if n := b.of(t, b.register(t, next)); n.Resident == b.of(t, r).Resident {
					t.Error("a new form makes nobody new")
				}
			})
		}
	}
}

// What came of the form is changed on the own page, and the form stays what it was.
func TestRegisterPublic_SameFormAfterAChange(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.form(b.twoSlots(t, 9), "", 2)
	f.Slot = "s1"
	r := b.register(t, f)
	_, err := b.ChangeParty(t.Context(), r.Own, b.formID(), 4)
	must(t, err)
	b.register(t, f)
	f.Party = 4
	b.refuse(t, "what it was changed to", f)
}

func TestRegisterPublic_SameFormOfWhoWaits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 2, 96*hour)
	b.register(t, b.form(e, "", 2))
	f := b.form(e, "", 2)
	wantState(t, "the first", b.register(t, f).State, registration.Waitlisted)
	wantState(t, "the same again", b.register(t, f).State, registration.Waitlisted)
	f.Party = 1
	b.refuse(t, "fewer", f)
}

// The answer to a form with something else in it says nothing of whether the
// unit knew whom it spoke of first, or had them registered.
func TestRegisterPublic_SameFormOfWhoIsKnown(t *testing.T) {
	t.Parallel()
	for _, registered := range []bool{false, true} {
		for _, capacity := range []int{0, 5} {
			t.Run(fmt.Sprintf("registered %v, of %d", registered, capacity), func(t *testing.T) {
				t.Parallel()
				b := setup(t)
				b.register(t, b.form(b.event(t, 5, 240*hour), "An", 1))
				e := b.twoSlots(t, capacity)
				f := b.form(e, "An", 2)
				f.Slot = "s1"
				if registered {
					before := f
					before.ID = b.formID()
					b.register(t, before)
				}
				r := b.register(t, f)
				for what, other := range b.others(t, f) {
					b.refuse(t, what, other)
				}
				if d := cmp.Diff(r, b.register(t, f)); d != "" {
					t.Errorf("the same again: %s", d)
				}
			})
		}
	}
}

// What is mended before a form was found right is no other form.
func TestRegisterPublic_SameFormAfterAFault(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.form(b.event(t, 5, 96*hour), "An", 2)
	wrong := f
	wrong.Name = "An\nBinh"
	if _, err := b.RegisterPublic(t.Context(), wrong); err == nil {
		t.Fatal("a name of two lines is taken")
	}
	wrong = f
	wrong.Email = "an@"
	if _, err := b.RegisterPublic(t.Context(), wrong); err == nil {
		t.Fatal("half an address is taken")
	}
	wantState(t, "mended", b.register(t, f).State, registration.Pending)
}

// A form that died half-way is completed by the same form and by no other, and
// nobody is called back who was erased.
func TestRegisterPublic_SameFormAfterADeath(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.form(b.twoSlots(t, 5), "An", 2)
	f.Slot = "s1"
	b.orphan(t, f)
	for what, other := range b.others(t, f) {
		b.refuse(t, what, other)
	}
	r := b.register(t, f)
	wantState(t, "completed", r.State, registration.Pending)
	_, err := b.residents.Erase(t.Context(), b.staff(actor.Organizer), b.of(t, r).Resident)
	must(t, err)
	b.refuse(t, "erased", f)
}

// The roll had not decided when the process died.
func TestRegisterPublic_SameFormUnsettled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.form(b.twoSlots(t, 5), "An", 2)
	f.Slot = "s1"
	ports := b.ports
	ports.Rolls = &failing{Rolls: b.set.Rolls, swap: true}
	if _, err := registration.NewService(ports).RegisterPublic(t.Context(), f); !errors.Is(err, errAway) {
		t.Fatalf("got %v, want it to die", err)
	}
	for what, other := range b.others(t, f) {
		b.refuse(t, what, other)
	}
	wantState(t, "completed", b.register(t, f).State, registration.Pending)
}

// A secret that is changed meanwhile makes no form another one.
func TestRegisterPublic_SameFormUnderANewSecret(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.form(b.event(t, 5, 96*hour), "An", 2)
	b.register(t, f)
	keys, err := secret.Open(strings.Repeat("only for newer tests ", 3), strings.Repeat("only for tests ", 3))
	must(t, err)
	ports := b.ports
	ports.Keys = keys
	s := registration.NewService(ports)
	if _, err := s.RegisterPublic(t.Context(), f); err != nil {
		t.Error(err)
	}
	f.Party++
	if _, err := s.RegisterPublic(t.Context(), f); !errors.Is(err, registration.ErrFormUsed) {
		t.Errorf("got %v, want it refused", err)
	}
}
