package registration_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

var errAway = record.ErrAway

func TestService_RegisterPublic_AtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, c := range map[string]struct {
		who string
		in  int
		cap int
	}{
		"without an address":                  {"", 72, 5},
		"without an address or limit":         {"", 72, 0},
		"in the last 24 hours":                {"An", 23, 5},
		"in the last 24 hours, without limit": {"An", 23, 0},
	} {
		e := b.event(t, c.cap, time.Duration(c.in)*hour)
		r := b.register(t, b.form(e, c.who, 2))
		got := b.of(t, r)
		wantState(t, name, r.State, registration.Registered)
		wantState(t, name, got.State, registration.Registered)
		if !got.Confirmed || got.HoldUntil != 0 || !got.Dirty || got.Shown.Seat != "registered" || got.Shown.SeatVer != got.PlanVer {
			t.Errorf("%s: %+v", name, got)
		}
		if (r.Own == "") != (c.who != "") {
			t.Errorf("%s: own page %q", name, r.Own)
		}
	}
}

// Whether somebody is registered shows neither in the answer nor in the store.
func TestService_RegisterPublic_NoOracle(t *testing.T) {
	t.Parallel()
	for _, capacity := range []int{0, 10} {
		for _, hours := range []int{72, 20} {
			b := setup(t)
			e := b.event(t, capacity, time.Duration(hours)*hour)
			first := b.register(t, b.form(e, "An", 2))
			before := b.of(t, first)
			again := b.form(e, "An", 2)
			again.Name = "  ÁN " // folded, it is the same name
			second := b.register(t, again)
			if d := cmp.Diff(first, second); d != "" {
				t.Errorf("capacity %d, %d hours: the answers differ: %s", capacity, hours, d)
			}
			again.ID, again.Party = b.formID(), 3
			if r := b.register(t, again); r.Party != 3 || r.Own != "" {
				t.Errorf("shown %d people, own page %q; typed were 3", r.Party, r.Own)
			}
			if d := cmp.Diff(before, b.of(t, first), butTheAsking); d != "" {
				t.Errorf("something was written: %s", d)
			}
		}
	}
}

func TestService_RegisterPublic_SameFormTwice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 10, 72*hour)
	f := b.form(e, "", 2)
	first := b.register(t, f)
	if d := cmp.Diff(first, b.register(t, f)); d != "" {
		t.Error(d)
	}
	places, err := b.Places(t.Context(), e)
	must(t, err)
	if d := cmp.Diff([]registration.Place{{Slot: "s1", Capacity: 10, Taken: 2}}, places); d != "" {
		t.Error(d)
	}
}

func TestService_RegisterPublic_Refused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 4, 72*hour)
	for name, c := range map[string]struct {
		spoil func(*registration.Form)
		want  string
	}{
		"form":      {func(f *registration.Form) { f.ID = "short" }, "form=registration.form"},
		"party":     {func(f *registration.Form) { f.Party = 0 }, "party=number.range"},
		"too big":   {func(f *registration.Form) { f.Party = 5 }, "party=registration.party_too_big"},
		"slot":      {func(f *registration.Form) { f.Slot = "s9" }, "slot=registration.slot"},
		"injection": {func(f *registration.Form) { f.Email = "a@example.org\r\nBcc: b@example.org" }, "email=text.email"},
		"two lines": {func(f *registration.Form) { f.Name = "An\nBinh" }, "name=text.one_line"},
		"consents":  {func(f *registration.Form) { f.Purposes = []resident.Purpose{resident.ForNews} }, "purposes=resident.text"},
	} {
		f := b.form(e, "", 1)
		c.spoil(&f)
		_, err := b.RegisterPublic(t.Context(), f)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "("+c.want+")") {
			t.Errorf("%s: %v, want %s alone", name, err, c.want)
		}
	}
	list, err := b.set.Registrations.Page(t.Context(), registration.Filter{Event: e.ID}, page.Request{})
	must(t, err)
	if len(list.Items) != 0 {
		t.Errorf("%d registrations were written", len(list.Items))
	}
	b.now = e.StartAt
	if _, err := b.RegisterPublic(t.Context(), b.form(e, "", 1)); !errors.Is(err, registration.ErrClosed) {
		t.Errorf("at the start: %v", err)
	}
	draft := b.event(t, 4, 72*hour)
	b.setState(t, draft, event.Draft)
	if _, err := b.RegisterPublic(t.Context(), b.form(draft, "", 1)); !errors.Is(err, record.ErrAbsent) {
		t.Errorf("a draft: %v", err)
	}
}

func TestService_Confirm(t *testing.T) {
	t.Parallel()
	for _, capacity := range []int{0, 4} {
		b := setup(t)
		e := b.event(t, capacity, 96*hour)
		f := b.form(e, "An", 2)
		news, err := resident.TextFor(resident.ForNews, "vi")
		must(t, err)
		f.Purposes, f.Texts = []resident.Purpose{resident.ForNews}, []string{news.ID}
		r := b.register(t, f)
		wantState(t, "the receipt", r.State, registration.Pending)
		if want := b.now.Add(48 * hour); r.HoldUntil != want {
			t.Errorf("held until %d, want %d", r.HoldUntil, want)
		}
		for range 2 { // the button may be pressed twice
			own := b.confirm(t, r)
			wantState(t, "the own page", own.Registration.State, registration.Registered)
		}
		got := b.of(t, r)
		if !got.Confirmed || got.ConfirmedAt != b.now || got.HoldUntil != 0 || got.Shown.Seat != "registered" {
			t.Errorf("confirmed: %+v", got)
		}
		who, err := b.set.Residents.Get(t.Context(), got.Resident)
		must(t, err)
		c, err := b.set.Contacts.Get(t.Context(), who.Contact)
		must(t, err)
		if c.State != contact.Verified || !who.Agrees(resident.ForNews) || !who.Agrees(resident.ForRegistration) {
			t.Errorf("contact %s, consents %+v", c.State, who.Consents)
		}
	}
}

func TestService_Confirm_WrongTokens(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 4, 96*hour)
	r := b.of(t, b.register(t, b.form(e, "An", 2)))
	good := b.keys.Link(secret.LinkConfirm, r.ID, 0)
	altered := "A" + good[1:]
	if altered == good {
		altered = "B" + good[1:]
	}
	for name, token := range map[string]string{
		"empty": "", "altered": altered, "longer": good + "A",
		"other purpose": b.keys.Link(secret.LinkOwn, r.ID, 0), "revoked": b.keys.Link(secret.LinkConfirm, r.ID, 1),
	} {
		if _, err := b.Confirm(t.Context(), token); !errors.Is(err, registration.ErrLink) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.Own(t.Context(), good); !errors.Is(err, registration.ErrLink) {
		t.Errorf("the own page by the confirm link: %v", err)
	}
	wantState(t, "the registration", b.of(t, registration.Receipt{Code: registration.CodeOf(b.keys, r)}).State, registration.Pending)
}

// Whoever waits unconfirmed is asked to confirm too, and waits on afterwards.
func TestService_Confirm_Waiting(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 2, 96*hour)
	holder := b.register(t, b.form(e, "", 2))
	r := b.register(t, b.form(e, "An", 2))
	wantState(t, "asked", b.of(t, r).State, registration.Pending)
	wantState(t, "confirmed", b.confirm(t, r).Registration.State, registration.Waitlisted)
	_, err := b.CancelOwn(t.Context(), holder.Own, b.formID())
	must(t, err)
	wantState(t, "promoted", b.of(t, r).State, registration.Registered)
}

func TestService_Lapse(t *testing.T) {
	t.Parallel()
	for _, capacity := range []int{0, 3} {
		b := setup(t)
		e := b.event(t, capacity, 96*hour)
		pending := b.register(t, b.form(e, "An", 2))
		waiting := b.register(t, b.form(e, "", 2))
		for after, want := range map[bool]int{false: 0, true: 1} {
			if after {
				b.now = b.now.Add(48*hour + 1e6)
			}
			n, err := b.Lapse(t.Context(), b.now, 10)
			if err != nil || n != want {
				t.Errorf("lapsed %d, %v, want %d", n, err, want)
			}
			if after {
				break
			}
		}
		got := b.of(t, pending)
		if got.State != registration.Cancelled || got.Reason != registration.ReasonLapsed {
			t.Errorf("%s because of %q", got.State, got.Reason)
		}
		wantState(t, "the next", b.of(t, waiting).State, registration.Registered)
		if _, err := b.Confirm(t.Context(), b.keys.Link(secret.LinkConfirm, got.ID, 0)); !errors.Is(err, registration.ErrLink) {
			t.Errorf("a lapsed link: %v", err)
		}
		b.register(t, b.form(e, "An", 2)) // and comes back
		wantState(t, "back again", b.of(t, pending).State, registration.Pending)
	}
}

func TestService_Own(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 5, 96*hour)
	token := b.register(t, b.form(e, "", 2)).Own
	other := b.register(t, b.form(e, "", 2))
	form := b.formID()
	own, err := b.ChangeParty(t.Context(), token, form, 3)
	must(t, err)
	if own.Registration.Party != 3 || own.ReadOnly {
		t.Errorf("%+v", own.Registration)
	}
	_, err = b.ChangeParty(t.Context(), token, b.formID(), 4)
	if !errors.Is(err, registration.ErrNoRoom) {
		t.Errorf("growing beyond the places: %v", err)
	}
	_, err = b.CancelOwn(t.Context(), other.Own, b.formID())
	must(t, err)
	again, err := b.ChangeParty(t.Context(), token, form, 5) // the same form: nothing more
	if err != nil || again.Registration.Party != 3 {
		t.Errorf("party %d, %v", again.Registration.Party, err)
	}
	if got := b.of(t, other); got.Reason != registration.ReasonSelf || got.Shown.Seat != "cancelled" {
		t.Errorf("%+v", got)
	}
	b.now = e.StartAt
	if _, err := b.CancelOwn(t.Context(), token, b.formID()); !errors.Is(err, registration.ErrClosed) {
		t.Errorf("cancelling at the start: %v", err)
	}
	b.now = e.EndAt.Add(30 * day)
	if own, err := b.Own(t.Context(), token); err != nil || !own.ReadOnly {
		t.Errorf("30 days after the end: read-only %v, %v", own.ReadOnly, err)
	}
	b.now++
	if _, err := b.Own(t.Context(), token); !errors.Is(err, registration.ErrLink) {
		t.Errorf("later: %v", err)
	}
}

func TestService_Staff(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 5, 96*hour)
	who := resident.Resident{Unit: b.unit, Kind: resident.Person, Reach: resident.None}
	who.ID = b.ids.New(0)
	must(t, b.set.Residents.Create(t.Context(), &who))
	in := registration.Entry{Event: e.ID, Resident: who.ID, Party: 2}
	stranger := actor.Staff("x", []actor.Grant{{Role: actor.Organizer, Unit: "elsewhere"}}, actor.AllScopes)
	for name, c := range map[string]struct {
		a    actor.Actor
		want error
	}{
		"stranger": {stranger, record.ErrAbsent}, "nobody": {actor.Anonymous(), actor.ErrScope},
		"door": {b.staff(actor.CheckIn), registration.ErrRole}, "viewer": {b.staff(actor.Viewer), record.ErrAbsent},
	} {
		if _, err := b.Enter(t.Context(), c.a, in); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for range 2 {
		r, err := b.Enter(t.Context(), b.staff(actor.VillageHead), in)
		must(t, err)
		wantState(t, "entered", r.State, registration.Registered)
		if !r.Confirmed || r.Source != "staff" || r.Shown.Ver != 0 {
			t.Errorf("%+v", r)
		}
	}
	regID := registration.IDOf(e.ID, who.ID)
	if _, err := b.Get(t.Context(), stranger, regID); !errors.Is(err, record.ErrAbsent) {
		t.Errorf("a stranger reads: %v", err)
	}
	list, err := b.Page(t.Context(), b.staff(actor.CheckIn), registration.Filter{Event: e.ID}, page.Request{})
	if err != nil || len(list.Items) != 1 {
		t.Errorf("%d listed, %v", len(list.Items), err)
	}
	r, err := b.CancelByStaff(t.Context(), b.staff(actor.Organizer), regID)
	if err != nil || r.State != registration.Cancelled || r.Reason != registration.ReasonStaff {
		t.Errorf("cancelled: %s, %q, %v", r.State, r.Reason, err)
	}
	r, err = b.Enter(t.Context(), b.staff(actor.Organizer), in) // and entered again
	must(t, err)
	wantState(t, "entered again", r.State, registration.Registered)
}

// A pending registration that staff enter is confirmed by it.
func TestService_Enter_Pending(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 5, 96*hour)
	pending := b.of(t, b.register(t, b.form(e, "An", 2)))
	r, err := b.Enter(t.Context(), b.staff(actor.Organizer), registration.Entry{Event: e.ID, Resident: pending.Resident, Party: 2})
	must(t, err)
	if r.State != registration.Registered || !r.Confirmed || r.HoldUntil != 0 {
		t.Errorf("%+v", r)
	}
}
