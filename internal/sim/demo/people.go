package demo

import (
	"context"
	"math/rand/v2"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

// paperEvery is how many residents there are to one without an address. Every
// second of them has a telephone, and is called from a list when a Sunday is
// cancelled at the last moment; only paper and the loudspeaker reach the others.
const paperEvery = 10

// person is one of a place's residents.
type person struct {
	id, name, email, phone, locale string
	village                        int
}

// people are the residents of a place.
func (p place) people(seed uint64) []person {
	r := random(seed, "people "+p.code)
	villages := len(p.villageNames(seed))
	out := make([]person, p.residents)
	for n := range out {
		out[n] = person{id: p.resident(n), name: name(r, p.region), village: r.IntN(villages), locale: localeOf(r, p.region)}
		if n%paperEvery != paperEvery-1 {
			out[n].email = p.address(n)
		} else if n/paperEvery%2 == 0 {
			out[n].phone = p.phone(n)
		}
	}
	return out
}

// localeOf is Vietnamese for most. Who chose K'Ho (kpm) reads Vietnamese until
// there are texts of theirs.
func localeOf(r *rand.Rand, of region) string {
	switch n := r.IntN(40); {
	case n == 0:
		return "pl"
	case n < 3:
		return "en"
	case n < 6 && of == mountain:
		return "kpm"
	}
	return "vi"
}

// enroll enters the residents of a place, as its staff would from a list that
// people signed.
func (l *life) enroll(ctx context.Context, p place) error {
	staff := p.organizer(l.seed).acting()
	for _, one := range l.people[p.code] {
		d := resident.Draft{ID: one.id, Unit: p.unit(), Village: p.village(one.village), Name: one.name, Locale: one.locale}
		var purposes []resident.Purpose
		switch {
		case one.email != "":
			d.Contacts = []resident.ContactInput{{Kind: contact.Email, Value: one.email}}
			purposes = []resident.Purpose{resident.ForRegistration, resident.ForReminders, resident.ForSurveys}
		case one.phone != "":
			d.Contacts = []resident.ContactInput{{Kind: contact.Phone, Value: one.phone}}
			purposes = []resident.Purpose{resident.ForRegistration}
		}
		for _, purpose := range purposes {
			t, err := resident.TextFor(purpose, one.locale)
			if err != nil {
				return err
			}
			d.Consents = append(d.Consents, resident.Choice{Purpose: purpose, Given: true, Text: t.ID, Source: resident.FromPaper})
		}
		if _, err := l.stage.app.Services.Residents.Create(ctx, staff, d); err != nil {
			return err
		}
	}
	return nil
}
