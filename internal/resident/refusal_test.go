package resident_test

import (
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

// TestService_Refuse: consents are withdrawn again and erasures made again,
// once each; what was given later stands.
func TestService_Refuse(t *testing.T) {
	t.Parallel()
	b, act := setup(t), actor.System("journal")
	r := b.mustCreate(t, resident.Draft{
		Name: "Đỗ An", Village: b.village, Contacts: email("an@example.org"),
		Consents: []resident.Choice{choice(t, resident.ForNews, true, resident.FromPaper), choice(t, resident.ForSurveys, true, resident.FromPaper)},
	})
	withdrawn := func(p resident.Purpose, at calendar.Instant) resident.Consent {
		return resident.Consent{Purpose: p, Text: "t", Source: resident.FromWeb, By: "resident", At: at}
	}
	in := resident.Refusal{ID: r.ID, Withdrawn: []resident.Consent{withdrawn(resident.ForNews, start+1), withdrawn(resident.ForSurveys, start-10)}}
	for i, want := range []bool{true, false} {
		did, err := b.Refuse(t.Context(), act, in)
		if err != nil || did != want {
			t.Errorf("time %d: did %v, %v; want %v", i, did, err, want)
		}
	}
	got, err := b.Get(t.Context(), organizer, r.ID)
	if err != nil || got.Agrees(resident.ForNews) || !got.Agrees(resident.ForSurveys) || !got.Dirty {
		t.Errorf("agrees to news %v, to surveys %v (given later), dirty %v, %v", got.Agrees(resident.ForNews), got.Agrees(resident.ForSurveys), got.Dirty, err)
	}
	if refused := got.Refusal(); len(refused.Withdrawn) != 1 || refused.None() || !refused.Same(got.Refusal()) {
		t.Errorf("refuses %+v, want news alone", refused)
	}
	erased := resident.Refusal{ID: r.ID, ErasedAt: 5}
	for i, want := range []bool{true, false} {
		did, err := b.Refuse(t.Context(), act, erased)
		if err != nil || did != want {
			t.Errorf("erasure %d: did %v, %v; want %v", i, did, err, want)
		}
	}
	_, err = b.Refuse(t.Context(), act, resident.Refusal{ID: "01a1dc80-f000-7bf5-9613-98f2840125af", ErasedAt: 5})
	check(t, "an unknown resident", err, record.ErrAbsent)
	_, err = b.Refuse(t.Context(), organizer, erased)
	check(t, "by staff", err, record.ErrAbsent)
}
