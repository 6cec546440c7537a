package resident_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

func TestService_DeclareHousehold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	an := b.mustCreate(t, resident.Draft{Name: "An"})
	binh := b.mustCreate(t, resident.Draft{Name: "Bình"})
	made, err := b.DeclareHousehold(t.Context(), organizer, "", []string{an.ID, binh.ID})
	check(t, "declare", err, nil)
	if len(made) != 2 || made[0].ID != an.ID || made[0].Household == "" || made[0].Household != made[1].Household {
		t.Fatalf("got %+v", made)
	}
	for _, r := range made {
		if !r.Dirty || r.PlanVer != 1 {
			t.Errorf("%s is not to be planned again", r.Name)
		}
		if last := r.Outbox[len(r.Outbox)-1]; !slices.Equal(last.Fields, []string{"household"}) {
			t.Errorf("logged the fields %v", last.Fields)
		}
	}
	again, err := b.DeclareHousehold(t.Context(), organizer, made[0].Household, []string{an.ID, binh.ID})
	if err != nil || again[1].Ver != made[1].Ver {
		t.Errorf("the same again made v%d, %v", again[1].Ver, err)
	}
	none := ""
	left, err := b.Update(t.Context(), organizer, an.ID, 0, resident.Edit{Household: &none})
	if err != nil || left.Household != "" || left.PlanVer != 2 {
		t.Errorf("left as %+v (%v)", left, err)
	}
}

// A replay after a process that died halfway does what was left.
func TestService_DeclareHousehold_Again(t *testing.T) {
	t.Parallel()
	b := setup(t)
	an := b.mustCreate(t, resident.Draft{Name: "An", Household: "0123"})
	binh := b.mustCreate(t, resident.Draft{Name: "Bình"})
	made, err := b.DeclareHousehold(t.Context(), organizer, "0123", []string{an.ID, binh.ID})
	if err != nil || made[0].Ver != an.Ver || made[1].Household != "0123" {
		t.Errorf("got %+v, %v", made, err)
	}
}

func TestService_DeclareHousehold_Refuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	an := b.mustCreate(t, resident.Draft{Name: "An"})
	binh := b.mustCreate(t, resident.Draft{Name: "Bình"})
	gone := b.mustCreate(t, resident.Draft{Name: "Cúc"})
	_, err := b.Erase(t.Context(), organizer, gone.ID)
	check(t, "erase", err, nil)
	many := make([]string, 21)
	for name, tt := range map[string]struct {
		residents []string
		err       error
		fields    map[string]string
	}{
		"one alone":     {residents: []string{an.ID}, fields: map[string]string{"residents": "resident.household"}},
		"too many":      {residents: many, fields: map[string]string{"residents": "list.too_long"}},
		"twice":         {residents: []string{an.ID, binh.ID, an.ID}, fields: map[string]string{"residents.2": "list.twice"}},
		"nobody":        {residents: []string{an.ID, "none"}, err: record.ErrAbsent},
		"erased":        {residents: []string{an.ID, gone.ID}, err: resident.ErrErased},
		"by a stranger": {residents: []string{an.ID, binh.ID}, err: record.ErrAbsent},
	} {
		act := organizer
		if name == "by a stranger" {
			act = staff(actor.Organizer, dran)
		}
		_, err := b.DeclareHousehold(t.Context(), act, "", tt.residents)
		if tt.fields == nil {
			check(t, name, err, tt.err)
		} else if diff := cmp.Diff(tt.fields, fields(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, one := range []string{an.ID, binh.ID} {
		if r, err := b.set.Residents.Get(t.Context(), one); err != nil || r.Household != "" {
			t.Errorf("%s is of household %q (%v)", r.Name, r.Household, err)
		}
	}
}
