package resident_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

// Every way to person data, asked by everybody who has no grant on the very
// unit, answers as for an unknown id.
func TestService_strangers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.mustCreate(t, resident.Draft{Name: "Trần Thị Bưởi", Contacts: email("buoi@example.org")})
	other := b.mustCreate(t, resident.Draft{Name: "Trần Văn Cam"})
	name := "X"
	ways := map[string]func(act actor.Actor, id string) error{
		"get":    func(act actor.Actor, id string) error { _, err := b.Get(t.Context(), act, id); return err },
		"reveal": func(act actor.Actor, id string) error { _, err := b.Reveal(t.Context(), act, id); return err },
		"update": func(act actor.Actor, id string) error {
			_, err := b.Update(t.Context(), act, id, 0, resident.Edit{Name: &name})
			return err
		},
		"consent": func(act actor.Actor, id string) error { _, err := b.Consent(t.Context(), act, id); return err },
		"erase":   func(act actor.Actor, id string) error { _, err := b.Erase(t.Context(), act, id); return err },
		"merge": func(act actor.Actor, id string) error {
			_, err := b.Merge(t.Context(), act, id, other.ID, 0)
			return err
		},
		"into": func(act actor.Actor, id string) error {
			_, err := b.Merge(t.Context(), act, other.ID, id, 0)
			return err
		},
		"page": func(act actor.Actor, _ string) error {
			_, err := b.Page(t.Context(), act, resident.Filter{Unit: blao}, page.Request{})
			return err
		},
		"search": func(act actor.Actor, _ string) error {
			_, err := b.Search(t.Context(), act, blao, "buoi", page.Request{})
			return err
		},
		"create": func(act actor.Actor, _ string) error {
			_, err := b.Create(t.Context(), act, resident.Draft{Unit: blao})
			return err
		},
		"forget": func(act actor.Actor, id string) error {
			_, err := b.ForgetIdle(t.Context(), act, id, false)
			return err
		},
	}
	strangers := map[string]actor.Actor{
		"beside":   staff(actor.Organizer, dran),
		"above":    staff(actor.Admin, province),
		"auditor":  staff(actor.Auditor, blao),
		"door":     staff(actor.CheckIn, blao),
		"approver": staff(actor.Approver, blao),
		"over": actor.Staff("s", []actor.Grant{{Role: actor.Admin, Unit: blao, Until: int64(start)}},
			actor.AllScopes),
	}
	for who, act := range strangers {
		for way, ask := range ways {
			check(t, way+" by "+who, ask(act, r.ID), record.ErrAbsent)
			if unknown := ask(act, "0"); unknown == nil || unknown.Error() != record.ErrAbsent.Error() {
				t.Errorf("%s by %s: the unknown answers %v", way, who, unknown)
			}
		}
	}
	weak := staff(actor.Admin, blao, "events:read")
	for way, ask := range ways {
		if way != "forget" {
			check(t, way+" without the scope", ask(weak, r.ID), actor.ErrScope)
		}
	}
	if after := b.mustGet(t, r.ID); after.Ver != r.Ver {
		t.Error("something was written")
	}
	if acts := b.acts(t, blao); len(acts) != 0 {
		t.Errorf("logged %v", acts)
	}
}

func TestService_Create(t *testing.T) {
	t.Parallel()
	b := setup(t)
	consent := resident.Choice{Purpose: resident.ForReminders, Given: true, Text: textOf(t, resident.ForReminders), Source: resident.FromPaper}
	in := resident.Draft{
		ID: id.Hash("key"), Unit: blao, Village: b.village, Locale: "KPM-latn-vn", Name: " K\u2019Bre\u0302u\u200b ",
		Contacts: []resident.ContactInput{{Kind: contact.Phone, Value: "0912345678"}, {Kind: contact.Email, Value: "k@example.org"}, {Kind: contact.Phone, Value: "+84 912 345 678"}},
		Consents: []resident.Choice{consent},
	}
	r, err := b.Create(t.Context(), staff(actor.VillageHead, blao), in)
	check(t, "create", err, nil)
	if r.Name != "K’Brêu" || !slices.Contains(r.Words, "kbreu") || r.Locale != "kpm-Latn-VN" || r.Reach != resident.Own || len(r.Contacts) != 2 {
		t.Errorf("got %+v", r)
	}
	want := []resident.Consent{{Purpose: resident.ForReminders, Given: true, Text: consent.Text, Source: "paper", By: "account:s1", At: start}}
	if diff := cmp.Diff(want, r.Consents); diff != "" {
		t.Error(diff)
	}
	again, err := b.Create(t.Context(), organizer, in)
	if err != nil || again.ID != r.ID || again.Ver != 1 {
		t.Errorf("a replay gave v%d, %v", again.Ver, err)
	}
	in.Unit, in.Village = dran, ""
	_, err = b.Create(t.Context(), staff(actor.Admin, dran), in)
	check(t, "the id in another unit", err, record.ErrExists)
}

// Who agrees to news from the first is planned for what is announced already.
func TestService_Create_news(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i, purpose := range []resident.Purpose{resident.ForNews, resident.ForReminders} {
		want := purpose == resident.ForNews
		entered, err := b.Create(t.Context(), organizer, resident.Draft{
			Unit: blao, Name: "Ông Năm", Contacts: []resident.ContactInput{{Kind: contact.Phone, Value: fmt.Sprint("091234567", i)}},
			Consents: []resident.Choice{{Purpose: purpose, Given: true, Text: textOf(t, purpose), Source: resident.FromPaper}},
		})
		if err != nil || entered.Dirty != want {
			t.Errorf("%s, entered by staff: dirty %v, %v", purpose, entered.Dirty, err)
		}
		came, _, err := b.EnsurePublic(t.Context(), resident.PublicInput{
			ID: id.Hash("form", fmt.Sprint(i)), Unit: blao, Name: "Bà Sáu", Email: fmt.Sprintf("sau%d@example.org", i),
			Purposes: []resident.Purpose{purpose}, TextIDs: []string{textOf(t, purpose)},
		})
		if err != nil || came.Dirty != want {
			t.Errorf("%s, from a form: dirty %v, %v", purpose, came.Dirty, err)
		}
	}
}

func TestService_Create_refused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.Create(t.Context(), organizer, resident.Draft{
		Unit: blao, Kind: "cat", Village: dran, Locale: "x_y_z!", Name: "a\nb", Household: string(make([]byte, 0)) + "h\nh",
		Contacts: []resident.ContactInput{{Kind: contact.Email, Value: "k@example.org"}, {Kind: contact.Phone, Value: "1"}},
		Consents: []resident.Choice{{Purpose: resident.ForReminders, Given: true, Text: textOf(t, resident.ForNews), Source: resident.FromPaper}},
	})
	want := map[string]string{
		"kind": "resident.kind", "village": "resident.village", "locale": "locale.unknown", "name": "text.one_line",
		"household": "text.one_line", "contacts.1": "text.phone", "consents": "resident.consent_text",
	}
	if diff := cmp.Diff(want, fields(err)); diff != "" {
		t.Error(diff)
	}
	for name, in := range map[string]resident.Draft{
		"reach":    {Unit: blao, Reach: resident.Own},
		"contacts": {Unit: blao, Contacts: email("a@b.org", "b@b.org", "c@b.org", "d@b.org", "e@b.org", "f@b.org")},
		"consents": {Unit: blao, Consents: []resident.Choice{{Purpose: resident.ForNews, Text: textOf(t, resident.ForNews), Source: resident.FromWeb}}},
	} {
		_, err := b.Create(t.Context(), organizer, in)
		if got := fields(err); len(got) != 1 || got[name] == "" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestService_Update(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.mustCreate(t, resident.Draft{Name: "Đỗ An", Contacts: email("an@example.org", "an2@example.org")})
	name, locale := "Đỗ Văn An", "pl"
	renamed, err := b.Update(t.Context(), organizer, r.ID, 1, resident.Edit{Name: &name, Locale: &locale})
	check(t, "rename", err, nil)
	if renamed.Name != name || renamed.Dirty || renamed.PlanVer != 0 || len(renamed.Contacts) != 2 {
		t.Errorf("got %+v", renamed)
	}
	if got := renamed.Outbox[len(renamed.Outbox)-1].Fields; !slices.Equal(got, []string{"name", "locale"}) {
		t.Errorf("logged the fields %v", got)
	}
	_, err = b.Update(t.Context(), organizer, r.ID, 1, resident.Edit{Name: &name})
	check(t, "a version too old", err, resident.ErrVersion)
	same, err := b.Update(t.Context(), organizer, r.ID, 2, resident.Edit{Name: &name})
	if err != nil || same.Ver != 2 {
		t.Errorf("the same again made v%d, %v", same.Ver, err)
	}

	fewer := email("an2@example.org")
	moved, err := b.Update(t.Context(), organizer, r.ID, 0, resident.Edit{Contacts: &fewer})
	check(t, "contacts", err, nil)
	if !moved.Dirty || moved.PlanVer != 1 || moved.Contact != r.Contacts[1] || len(moved.Contacts) != 1 {
		t.Errorf("got %+v", moved)
	}
	gone, err := b.contacts.Get(t.Context(), r.Contacts[0])
	if err != nil || len(gone.Sealed) != 0 {
		t.Errorf("the address nobody has is kept (%v)", err)
	}
	own := resident.Own
	_, err = b.Update(t.Context(), organizer, r.ID, 0, resident.Edit{Contacts: &[]resident.ContactInput{}, Reach: &own})
	if diff := cmp.Diff(map[string]string{"reach": "resident.reach"}, fields(err)); diff != "" {
		t.Error(diff)
	}
}

func TestService_Reveal(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.mustCreate(t, resident.Draft{Name: "Đỗ An", Contacts: []resident.ContactInput{
		{Kind: contact.Phone, Value: "0912 345 678"}, {Kind: contact.Email, Value: "an@example.org"},
	}})
	if _, err := b.Get(t.Context(), organizer, r.ID); err != nil {
		t.Fatal(err)
	}
	*b.now++
	got, err := b.Reveal(t.Context(), organizer, r.ID)
	check(t, "reveal", err, nil)
	want := []resident.Revealed{
		{ID: r.Contacts[0], Kind: contact.Phone, Value: "+84912345678"}, {ID: r.Contacts[1], Kind: contact.Email, Value: "an@example.org"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"resident.reveal", "resident.read"}, b.acts(t, blao)); diff != "" {
		t.Error(diff)
	}
}

func TestService_Search(t *testing.T) {
	t.Parallel()
	b := setup(t)
	an := b.mustCreate(t, resident.Draft{Name: "Đỗ Văn Ân"})
	b.mustCreate(t, resident.Draft{Name: "Đỗ Thị Ân"})
	gone := b.mustCreate(t, resident.Draft{Name: "Đỗ Văn Ánh"})
	b.mustCreate(t, resident.Draft{})
	if _, err := b.Erase(t.Context(), organizer, gone.ID); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"do van an", "ÂN VĂN", "va a"} {
		list, err := b.Search(t.Context(), organizer, blao, query, page.Request{})
		if err != nil || len(list.Items) != 1 || list.Items[0].ID != an.ID {
			t.Errorf("%q: got %d, %v", query, len(list.Items), err)
		}
	}
	list, err := b.Page(t.Context(), organizer, resident.Filter{Unit: blao}, page.Request{})
	if err != nil || len(list.Items) != 3 {
		t.Errorf("got %d, %v; want all but the erased", len(list.Items), err)
	}
}
