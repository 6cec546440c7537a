package registration_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

var pageAll = page.Request{Limit: page.MaxLimit}

func (b *bundle) setState(t *testing.T, e event.Event, state event.State) {
	t.Helper()
	_, err := b.set.Events.Update(t.Context(), e.ID, func(e *event.Event) error {
		e.State = state
		return nil
	})
	must(t, err)
}

// failingService shares the store with b and fails as told.
func failingService(b *bundle) (*registration.Service, *failing) {
	f := &failing{Store: b.set.Registrations, Rolls: b.set.Rolls}
	p := b.ports
	p.Registrations, p.Rolls = f, f
	return registration.NewService(p), f
}

// A form whose process dies before the roll decided is finished by the job;
// one that dies before the decision was copied, too.
func TestService_Settle(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(*failing){
		"before the roll": func(f *failing) { f.swap = true },
		"before the copy": func(f *failing) { f.update = true },
	} {
		b := setup(t)
		e := b.event(t, 3, 96*hour)
		s, f := failingService(b)
		fail(f)
		form := b.form(e, "An", 2)
		if _, err := s.RegisterPublic(t.Context(), form); !errors.Is(err, record.ErrAway) {
			t.Fatalf("%s: %v", name, err)
		}
		b.now = b.now.Add(2 * time.Minute)
		for range 2 {
			_, err := b.Settle(t.Context(), b.now, 10)
			must(t, err)
		}
		list, err := b.set.Registrations.Page(t.Context(), registration.Filter{Event: e.ID}, pageAll)
		must(t, err)
		if len(list.Items) != 1 || list.Items[0].State != registration.Pending || list.Items[0].HoldUntil == 0 {
			t.Errorf("%s: %+v", name, list.Items)
		}
		left, err := b.set.Rolls.UnsettledRolls(t.Context(), 10)
		if err != nil || len(left) != 0 {
			t.Errorf("%s: unsettled rolls %v, %v", name, left, err)
		}
		wantState(t, name, b.register(t, form).State, registration.Pending)
	}
}

func TestService_Sync(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 2, 96*hour)
	b.register(t, b.form(e, "", 2))
	waiting := b.register(t, b.form(e, "", 2))
	grow := func(capacity int) event.Event {
		grown, err := b.set.Events.Update(t.Context(), e.ID, func(e *event.Event) error {
			e.Slots[0].Capacity = capacity
			return nil
		})
		must(t, err)
		return grown
	}
	must(t, b.Sync(t.Context(), grow(3)))
	wantState(t, "with 3 places", b.of(t, waiting).State, registration.Waitlisted)
	settle := func() (left int) {
		t.Helper()
		_, err := b.Settle(t.Context(), b.now, 10)
		must(t, err)
		rolls, err := b.set.Rolls.UnsettledRolls(t.Context(), 10)
		must(t, err)
		return len(rolls)
	}
	settle()
	must(t, b.Prepare(t.Context(), e.ID))
	if settle() != 1 {
		t.Error("a request that is under way was taken for one that died")
	}
	grow(4) // and the process dies
	b.now = b.now.Add(2 * time.Minute)
	if left := settle(); left != 1 { // whom it promoted is copied, and settled by the next run
		t.Errorf("%d rolls are unsettled", left)
	}
	wantState(t, "after the job", b.of(t, waiting).State, registration.Registered)
	if left := settle(); left != 0 {
		t.Errorf("%d rolls are left unsettled", left)
	}
}

func TestService_Purge(t *testing.T) {
	t.Parallel()
	b := setup(t)
	reported, cancelled := b.event(t, 3, 30*hour), b.event(t, 3, 30*hour)
	sent := b.form(reported, "", 1)
	one, other := b.register(t, sent), b.register(t, b.form(cancelled, "", 1))
	b.setState(t, cancelled, event.Cancelled)
	_, err := b.set.Events.Update(t.Context(), reported.ID, func(e *event.Event) error {
		e.State, e.ReportedAt = event.Reported, e.EndAt.Add(2*day)
		return nil
	})
	must(t, err)
	for _, c := range []struct {
		at   time.Duration // after the end
		want int
	}{{32*day - time.Second, 0}, {32 * day, 1}, {89 * day, 0}, {91 * day, 1}, {92 * day, 0}} {
		b.now = reported.EndAt.Add(c.at)
		n, err := b.Purge(t.Context(), b.now, 10)
		if err != nil || n != c.want {
			t.Errorf("%v after the end %d purged, %v, want %d", c.at, n, err, c.want)
		}
	}
	for _, r := range []registration.Receipt{one, other} {
		regID, _, _ := registration.ParseCode(r.Code)
		if _, err := b.set.Registrations.Get(t.Context(), regID); !errors.Is(err, record.ErrAbsent) {
			t.Errorf("a registration is left: %v", err)
		}
	}
	// Nor is known any more that the form was sent.
	must(t, b.set.Forms.CreateForm(t.Context(), &registration.SentForm{Head: record.Head{ID: id.Hash("form", sent.Event, sent.ID)}}))
}

// A client that gives up while others write the roll takes nobody else along,
// and the job does what it asked for.
func TestService_GivingUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 9, 96*hour)
	s, f := failingService(b)
	f.swapping, f.goOn = make(chan struct{}), make(chan struct{})
	first := make(chan error)
	go func() {
		_, err := s.RegisterPublic(context.WithoutCancel(t.Context()), b.form(e, "", 1))
		first <- err
	}()
	<-f.swapping
	impatient, cancel := context.WithCancel(t.Context())
	f.created = cancel
	if _, err := s.RegisterPublic(impatient, b.form(e, "", 2)); !errors.Is(err, context.Canceled) {
		t.Errorf("giving up: %v", err)
	}
	close(f.goOn)
	must(t, <-first)
	b.register(t, b.form(e, "", 4))
	b.now = b.now.Add(2 * time.Minute)
	_, err := b.Settle(t.Context(), b.now, 10)
	must(t, err)
	places, err := b.Places(t.Context(), e)
	if err != nil || places[0].Taken != 7 {
		t.Errorf("taken %+v, %v, want 1+2+4", places, err)
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, code string) {
		reg, token, ok := registration.ParseCode(code)
		if ok && (len(reg) != 32 || len(token) != 22) {
			t.Errorf("ParseCode(%q) = %q, %q", code, reg, token)
		}
	})
}
