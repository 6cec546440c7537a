package resident_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

func choice(tb testing.TB, p resident.Purpose, given bool, source string) resident.Choice {
	tb.Helper()
	return resident.Choice{Purpose: p, Given: given, Text: textOf(tb, p), Source: source}
}

func TestService_Consent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.mustCreate(t, resident.Draft{Name: "Đỗ An"})
	person := actor.Resident()
	for i, step := range []struct {
		act    actor.Actor
		given  bool
		source string
		want   error
	}{
		{organizer, true, resident.FromStaff, nil},
		{person, false, resident.FromWeb, nil},
		{organizer, true, resident.FromStaff, resident.ErrOnlyPerson},
		{organizer, true, resident.FromPaper, nil},
		{organizer, false, resident.FromCall, nil},
		{organizer, true, resident.FromStaff, nil}, // what staff withdrew, staff may give again
	} {
		got, err := b.Consent(t.Context(), step.act, r.ID, choice(t, resident.ForReminders, step.given, step.source))
		if step.want != nil {
			check(t, "refused", err, step.want)
			continue
		}
		check(t, "consent", err, nil)
		if got.Agrees(resident.ForReminders) != step.given || !got.Dirty {
			t.Errorf("step %d: agrees %v, dirty %v", i, got.Agrees(resident.ForReminders), got.Dirty)
		}
		again, err := b.Consent(t.Context(), step.act, r.ID, choice(t, resident.ForReminders, step.given, step.source))
		if err != nil || again.Ver != got.Ver {
			t.Errorf("step %d: the same again made v%d of v%d, %v", i, again.Ver, got.Ver, err)
		}
	}
	if got := b.mustGet(t, r.ID); len(got.Consents) != 5 || got.Consents[1].By != "resident" || got.Consents[0].By != "account:s1" {
		t.Errorf("got the log %+v", got.Consents)
	}
}

func TestService_Consent_refused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.mustCreate(t, resident.Draft{})
	for name, test := range map[string]struct {
		act  actor.Actor
		c    resident.Choice
		code string
	}{
		"staff from the web":   {organizer, choice(t, resident.ForNews, true, resident.FromWeb), "resident.consent_source"},
		"a person as staff":    {actor.Resident(), choice(t, resident.ForNews, true, resident.FromStaff), "resident.consent_source"},
		"an unknown purpose":   {organizer, resident.Choice{Purpose: "ads", Source: resident.FromPaper}, "resident.purpose"},
		"no text":              {organizer, resident.Choice{Purpose: resident.ForNews, Source: resident.FromPaper}, "resident.consent_text"},
		"another purpose's":    {organizer, resident.Choice{Purpose: resident.ForNews, Text: textOf(t, resident.ForPhotos), Source: resident.FromPaper}, "resident.consent_text"},
		"a text nobody stored": {organizer, resident.Choice{Purpose: resident.ForNews, Text: resident.TextID(resident.ForNews, "vi", 9, "x"), Source: resident.FromPaper}, "resident.consent_text"},
	} {
		_, err := b.Consent(t.Context(), test.act, r.ID, test.c)
		if diff := cmp.Diff(map[string]string{"consents": test.code}, fields(err)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if got := b.mustGet(t, r.ID); got.Ver != r.Ver {
		t.Error("something was written")
	}
}

// The newest entry of a purpose counts, whatever came between.
func TestResident_Agrees_property(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var r resident.Resident
		model := map[resident.Purpose]bool{}
		for i := range rapid.IntRange(0, 30).Draw(t, "n") {
			p := rapid.SampledFrom(resident.Purposes()).Draw(t, "purpose")
			model[p] = rapid.Bool().Draw(t, "given")
			r.Consents = append(r.Consents, resident.Consent{Purpose: p, Given: model[p], At: calendar.Instant(i)})
		}
		for _, p := range resident.Purposes() {
			if r.Agrees(p) != model[p] {
				t.Fatalf("%s: got %v", p, r.Agrees(p))
			}
		}
	})
}

// A text is never changed: whoever edits one adds a version instead.
func TestTexts_immutable(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for _, p := range resident.Purposes() {
		for _, locale := range []string{"vi", "en", "pl"} {
			text, err := resident.TextFor(p, locale)
			if err != nil || text.Locale != locale || text.Purpose != p || len(text.Words) < 80 {
				t.Errorf("%s in %s: got %+v, %v", p, locale, text, err)
			}
			got[string(p)+" "+locale] = text.ID
		}
	}
	if diff := cmp.Diff(pinned, got); diff != "" {
		t.Error(diff)
	}
}

var pinned = map[string]string{
	"answers en":      "4a2022f06b90f075d836538182bc07d5",
	"answers pl":      "3725e5b7c7eb88da955e32154323afdd",
	"answers vi":      "3895f7ad05c708f0614f8d7597d1fca1",
	"news en":         "30de28e898405ce327bf8465c8fbd444",
	"news pl":         "b26c2b7dc57dc4ace4c87027f9064f87",
	"news vi":         "fd356aa3c1e2ee8e86a81d90681cdbda",
	"photos en":       "18fca8d19af613317b068cd99e183c19",
	"photos pl":       "6c846031ad03d95a01c4d8a3e39224ff",
	"photos vi":       "49f0d5a2b22f1b1b15c773f328780493",
	"registration en": "92c5eb62a2129c92327acced54383feb",
	"registration pl": "58b2955157a96fd21ee542119d869305",
	"registration vi": "0ec520889ed1d9b08f355869b9851a7e",
	"reminders en":    "ae54d06bd01405f2376c190ba07b8927",
	"reminders pl":    "bef0289825a70082f21c008528253bed",
	"reminders vi":    "204a452db85b0591f5d13988f778e427",
	"surveys en":      "1c567b5d9c94f4f260bd95e09e617aa4",
	"surveys pl":      "6db66b0e7cd1d56fdcb8dae01959629c",
	"surveys vi":      "4a857f7166c54047c9ac08bae5677259",
}

func TestTextFor_fallback(t *testing.T) {
	t.Parallel()
	for locale, want := range map[string]string{"pl-PL": "pl", "en": "en", "kpm": "vi", "": "vi", "-": "vi"} {
		if text, err := resident.TextFor(resident.ForNews, locale); err != nil || text.Locale != want {
			t.Errorf("%q: got %s, %v", locale, text.Locale, err)
		}
	}
	_, err := resident.TextFor("ads", "vi")
	check(t, "an unknown purpose", err, resident.ErrText)
}
