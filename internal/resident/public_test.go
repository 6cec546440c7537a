package resident_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

func TestService_EnsurePublic(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := resident.PublicInput{
		ID: id.Hash("form 1"), Unit: blao, Village: b.village, Locale: "vi", Name: "Đỗ Văn Ân",
		Email:    "an@example.org",
		Purposes: []resident.Purpose{resident.ForReminders}, TextIDs: []string{textOf(t, resident.ForReminders)},
	}
	for range 2 { // the same form sent twice
		r, known, err := b.EnsurePublic(t.Context(), in)
		check(t, "a form", err, nil)
		if known || r.ID != in.ID || r.Ver != 1 || !r.Public || r.Reach != resident.Own || r.Outbox[0].Actor != "resident" {
			t.Errorf("got known %v, %+v", known, r)
		}
		if !r.Agrees(resident.ForReminders) || !r.Agrees(resident.ForRegistration) || r.Agrees(resident.ForNews) {
			t.Errorf("got consents %+v", r.Consents)
		}
	}

	next := in
	next.ID, next.Name = id.Hash("form 2"), "DO VAN AN"
	next.Purposes, next.TextIDs = []resident.Purpose{resident.ForNews}, []string{textOf(t, resident.ForNews)}
	r, known, err := b.EnsurePublic(t.Context(), next)
	if err != nil || !known || r.ID != in.ID {
		t.Errorf("got known %v, %s, %v", known, r.ID, err)
	}
	if after := b.mustGet(t, in.ID); after.Ver != 1 || after.Agrees(resident.ForNews) {
		t.Error("a form wrote to somebody known")
	}

	for name, change := range map[string]func(*resident.PublicInput){
		"another name":   func(in *resident.PublicInput) { in.Name = "Đỗ Thị Ân" },
		"no name":        func(in *resident.PublicInput) { in.Name = "" },
		"another unit":   func(in *resident.PublicInput) { in.Unit, in.Village = dran, "" },
		"no contact":     func(in *resident.PublicInput) { in.Email = "" },
		"nothing at all": func(in *resident.PublicInput) { in.Email, in.Name = "", "" },
	} {
		other := in
		other.ID = id.Hash(name)
		change(&other)
		r, known, err := b.EnsurePublic(t.Context(), other)
		if err != nil || known || r.ID != other.ID {
			t.Errorf("%s: got known %v, %v", name, known, err)
		}
	}
	foreign := in
	foreign.Unit, foreign.Village = dran, ""
	_, _, err = b.EnsurePublic(t.Context(), foreign)
	check(t, "the form's id in another unit", err, record.ErrExists)
}

func TestService_EnsurePublic_refused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, _, err := b.EnsurePublic(t.Context(), resident.PublicInput{
		ID: id.Hash("form"), Unit: "none", Village: dran, Locale: "!", Name: "a\nb", Email: "an@example.org",
		Purposes: []resident.Purpose{resident.ForNews},
	})
	want := map[string]string{
		"unit": "absent", "village": "resident.village", "locale": "locale.unknown",
		"name": "text.one_line", "consents": "resident.consent_text",
	}
	if diff := cmp.Diff(want, fields(err)); diff != "" {
		t.Error(diff)
	}
	_, err = b.set.Contacts.Get(t.Context(), setup(t).mustEnsure(t, "an@example.org"))
	check(t, "the address of a refused form", err, record.ErrAbsent)
}

func TestService_Match(t *testing.T) {
	t.Parallel()
	b := setup(t)
	shared := b.mustEnsure(t, "family@example.org")
	an := b.mustCreate(t, resident.Draft{Name: "Đỗ Ân", Contacts: email("family@example.org")})
	b.mustCreate(t, resident.Draft{Name: "Đỗ Bình", Contacts: email("family@example.org")})
	for name, test := range map[string]struct {
		keeper, contact, typed, want string
	}{
		"the name":       {blao, shared, "do an", an.ID},
		"another person": {blao, shared, "do cuong", ""},
		"no name":        {blao, shared, "", ""},
		"another unit":   {dran, shared, "do an", ""},
		"no contact":     {blao, "", "do an", ""},
	} {
		r, ok, err := b.Match(t.Context(), test.keeper, test.contact, text.Fold(test.typed))
		if err != nil || r.ID != test.want || ok != (test.want != "") {
			t.Errorf("%s: got %q, %v, %v", name, r.ID, ok, err)
		}
	}
	if _, err := b.Erase(t.Context(), actor.Resident(), an.ID); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := b.Match(t.Context(), blao, shared, "do an"); ok || err != nil {
		t.Errorf("an erased person matches (%v)", err)
	}
}
