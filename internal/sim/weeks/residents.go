package weeks

import (
	"context"
	"errors"
	"fmt"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

// errNoLink says that the person has no mail that would let them do it, errNoSeat
// that they have no registration.
var (
	errNoLink = errors.New("no mail with the link")
	errNoSeat = errors.New("no registration")
)

// registration finds a person's registration by any of their ids.
func (w *world) registration(ctx context.Context, n int, e *sunday) (registration.Registration, bool, error) {
	for _, id := range w.plan.people[n].ids(w.plan) {
		r, err := w.truth.Registrations.Get(ctx, registration.IDOf(e.id, id))
		if !errors.Is(err, record.ErrAbsent) {
			return r, err == nil, err
		}
	}
	return registration.Registration{}, false, nil
}

// resident finds the person by any of their ids: the record that lives on, where
// theirs was merged.
func (w *world) resident(ctx context.Context, n int) (resident.Resident, error) {
	for _, id := range w.plan.people[n].ids(w.plan) {
		r, err := w.truth.Residents.Get(ctx, id)
		for err == nil && r.MergedInto != "" {
			r, err = w.truth.Residents.Get(ctx, r.MergedInto)
		}
		if !errors.Is(err, record.ErrAbsent) {
			return r, err
		}
	}
	return resident.Resident{}, record.ErrAbsent
}

// links are those of the newest mails that the person got for the event.
func (w *world) links(n int, e *sunday) links {
	for _, id := range w.plan.people[n].ids(w.plan) {
		if l, ok := w.post.links[e.id+" "+id]; ok {
			return l
		}
	}
	return links{}
}

// register fills in the public form.
func register(n int, e *sunday, party int) doing {
	return func(ctx context.Context, w *world) error {
		reg, known, err := w.registration(ctx, n, e)
		if err != nil {
			return err
		}
		return w.sendForm(ctx, n, e, party, known && reg.State == registration.Cancelled)
	}
}

// registerAgain fills in a further form for a registration that is there.
func registerAgain(n int, e *sunday) doing {
	return func(ctx context.Context, w *world) error {
		reg, known, err := w.registration(ctx, n, e)
		if err != nil {
			return err
		}
		if !known || reg.State == registration.Cancelled {
			return errNoSeat
		}
		return w.sendForm(ctx, n, e, 1, true)
	}
}

// sendForm sends the form; a new page has a new one.
func (w *world) sendForm(ctx context.Context, n int, e *sunday, party int, fresh bool) error {
	one := w.plan.people[n]
	f := registration.Form{
		Event: e.id, ID: one.form(e), Slot: slot, Party: party, Name: one.name, Email: one.email, Locale: "en",
	}
	purposes, texts, err := one.agrees()
	if err != nil {
		return err
	}
	f.Purposes, f.Texts = purposes, texts[1:]
	if fresh {
		f.ID += fmt.Sprintf("-%d", w.now/1000)
	}
	_, err = w.office.app.Services.Registrations.RegisterPublic(ctx, f)
	return err
}

// enter has staff register somebody.
func enter(n int, e *sunday, party int) doing {
	return func(ctx context.Context, w *world) error {
		who, err := w.resident(ctx, n)
		if err != nil {
			return err
		}
		_, err = w.office.app.Services.Registrations.Enter(ctx, w.organizer(), registration.Entry{
			Event: e.id, Resident: who.ID, Slot: slot, Party: party,
		})
		return err
	}
}

func confirm(n int, e *sunday) doing {
	return func(ctx context.Context, w *world) error {
		l := w.links(n, e)
		if l.confirm == "" {
			return errNoLink
		}
		_, err := w.office.app.Services.Registrations.Confirm(ctx, l.confirm)
		return err
	}
}

func giveUp(n int, e *sunday) doing {
	return func(ctx context.Context, w *world) error {
		l := w.links(n, e)
		if l.own == "" {
			return errNoLink
		}
		_, err := w.office.app.Services.Registrations.CancelOwn(ctx, l.own, fmt.Sprintf("gives-up-%d-%d", n, w.now))
		return err
	}
}

func resize(n int, e *sunday, party int) doing {
	return func(ctx context.Context, w *world) error {
		l := w.links(n, e)
		if l.own == "" {
			return errNoLink
		}
		_, err := w.office.app.Services.Registrations.ChangeParty(ctx, l.own, fmt.Sprintf("comes-as-%d-%d", n, w.now), party)
		return err
	}
}

func strikeOff(n int, e *sunday) doing {
	return func(ctx context.Context, w *world) error {
		reg, known, err := w.registration(ctx, n, e)
		if err != nil || !known {
			return err
		}
		_, err = w.office.app.Services.Registrations.CancelByStaff(ctx, w.organizer(), reg.ID)
		return err
	}
}

// strikeOffTold strikes the first one off who has a place, and was told so.
func strikeOffTold(e *sunday) doing {
	return func(ctx context.Context, w *world) error {
		for n := range w.plan.people {
			reg, known, err := w.registration(ctx, n, e)
			if err != nil {
				return err
			}
			if known && reg.State == registration.Registered && w.links(n, e).own != "" {
				return strikeOff(n, e)(ctx, w)
			}
		}
		return errNoSeat
	}
}

func optOut(n int) doing {
	return func(ctx context.Context, w *world) error {
		who, err := w.resident(ctx, n)
		if err != nil || who.Contact == "" {
			return err
		}
		if _, err = w.office.app.Services.Contacts.OptOut(ctx, actor.Resident(), who.Contact); err == nil {
			w.refuses(who.Contact, "L4")
		}
		return err
	}
}

func optIn(n int) doing {
	return func(ctx context.Context, w *world) error {
		who, err := w.resident(ctx, n)
		if err != nil || who.Contact == "" {
			return err
		}
		w.forgives(who.Contact, "L4")
		_, err = w.office.app.Services.Contacts.OptIn(ctx, actor.Resident(), who.Contact)
		return err
	}
}

func erase(n int) doing {
	return func(ctx context.Context, w *world) error {
		who, err := w.resident(ctx, n)
		if err != nil {
			return err
		}
		if _, err := w.office.app.Services.Residents.Erase(ctx, w.organizer(), who.ID); err != nil {
			return err
		}
		return w.office.app.Services.Registrations.CancelErased(ctx, w.organizer(), who.ID)
	}
}

func consent(n int, p resident.Purpose, given bool) doing {
	return func(ctx context.Context, w *world) error {
		who, err := w.resident(ctx, n)
		if err != nil {
			return err
		}
		t, err := resident.TextFor(p, "en")
		if err != nil {
			return err
		}
		_, err = w.office.app.Services.Residents.Consent(ctx, actor.Resident(), who.ID, resident.Choice{
			Purpose: p, Given: given, Text: t.ID, Source: resident.FromWeb,
		})
		return err
	}
}

func readdress(n int) doing {
	return func(ctx context.Context, w *world) error {
		who, err := w.resident(ctx, n)
		if err != nil {
			return err
		}
		to := []resident.ContactInput{{Kind: contact.Email, Value: fmt.Sprintf("person.%d.anew@example.org", n)}}
		_, err = w.office.app.Services.Residents.Update(ctx, w.organizer(), who.ID, 0, resident.Edit{Contacts: &to})
		return err
	}
}
