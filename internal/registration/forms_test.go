package registration_test

import (
	"context"
	"errors"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

// dying dies before a registration is written.
type dying struct{ registration.Store }

func (dying) Create(context.Context, *registration.Registration) error { return errAway }

// orphan is the resident of a form whose process died before the registration.
func (b *bundle) orphan(t *testing.T, f registration.Form) resident.Resident {
	t.Helper()
	ports := b.ports
	ports.Registrations = dying{b.set.Registrations}
	if _, err := registration.NewService(ports).RegisterPublic(t.Context(), f); !errors.Is(err, errAway) {
		t.Fatalf("got %v, want it to die", err)
	}
	c, err := b.contacts.Ensure(t.Context(), "email", f.Email)
	must(t, err)
	found, err := b.set.Residents.WithContact(t.Context(), c.ID, 2)
	must(t, err)
	if len(found) != 1 {
		t.Fatalf("%d residents of the form", len(found))
	}
	return found[0]
}

// checkForms runs the job a week later, twice, and gives the resident as it is then.
func (b *bundle) checkForms(t *testing.T, who string) resident.Resident {
	t.Helper()
	for _, want := range []int{0, 1, 0} {
		n, err := b.CheckForms(t.Context(), b.now, 10)
		must(t, err)
		if n != want {
			t.Errorf("looked at %d residents, want %d", n, want)
		}
		if want == 0 {
			b.now = b.now.Add(7 * day)
		}
	}
	r, err := b.set.Residents.Get(t.Context(), who)
	must(t, err)
	return r
}

func TestCheckForms_ForgetsWhoseFormCameToNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	news, err := resident.TextFor(resident.ForNews, "vi")
	must(t, err)
	f := b.form(b.event(t, 5, 96*hour), "An", 2)
	f.Purposes, f.Texts = []resident.Purpose{resident.ForNews}, []string{news.ID}
	orphan := b.orphan(t, f)
	who := b.checkForms(t, orphan.ID)
	if who.ErasedAt == 0 || who.Name != "" || who.News || len(who.Contacts) > 0 {
		t.Errorf("still there: %+v", who)
	}
	c, err := b.contacts.Get(t.Context(), orphan.Contact)
	must(t, err)
	if len(c.Sealed) > 0 {
		t.Error("the address is still kept")
	}
}

func TestCheckForms_KeepsWhomSomethingCameOf(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]func(*bundle, *testing.T, registration.Form, resident.Resident){
		"the form sent again": func(b *bundle, t *testing.T, f registration.Form, _ resident.Resident) { b.register(t, f) },
		"another form": func(b *bundle, t *testing.T, f registration.Form, _ resident.Resident) {
			f.ID = b.formID()
			b.register(t, f)
		},
		"staff noted a consent": func(b *bundle, t *testing.T, _ registration.Form, who resident.Resident) {
			words, err := resident.TextFor(resident.ForNews, "vi")
			must(t, err)
			_, err = b.residents.Consent(t.Context(), b.staff(actor.Organizer), who.ID, resident.Choice{
				Purpose: resident.ForNews, Given: true, Text: words.ID, Source: resident.FromPaper,
			})
			must(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			f := b.form(b.event(t, 0, 960*hour), "An", 2)
			who := b.orphan(t, f)
			after(b, t, f, who)
			if got := b.checkForms(t, who.ID); got.ErasedAt != 0 || got.Name == "" || got.CheckAt != 0 {
				t.Errorf("got %+v", got)
			}
		})
	}
}
