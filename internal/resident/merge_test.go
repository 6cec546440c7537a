package resident_test

import (
	"context"
	"errors"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

var errAway = errors.New("away")

// dying fails the n-th update.
type dying struct {
	resident.Store
	n int
}

func (d *dying) Update(ctx context.Context, id string, change func(*resident.Resident) error) (resident.Resident, error) {
	if d.n--; d.n == 0 {
		return resident.Resident{}, errAway
	}
	return d.Store.Update(ctx, id, change)
}

// A process that dies between the two records is no harm: whoever follows the
// merge ends it, and to merge again does so too.
func TestService_FinishMerge(t *testing.T) {
	t.Parallel()
	b := setup(t)
	winner := b.mustCreate(t, resident.Draft{Name: "Đỗ An"})
	loser := b.mustCreate(t, resident.Draft{Name: "Do An", Contacts: email("an@example.org")})
	ports := b.ports
	ports.Residents = &dying{Store: b.ports.Residents, n: 2}
	_, err := resident.NewService(ports).Merge(t.Context(), organizer, loser.ID, winner.ID, 0)
	check(t, "merge", err, errAway)
	if half := b.mustGet(t, loser.ID); half.MergedInto != "" || half.Contact == "" || len(b.mustGet(t, winner.ID).Aliases) != 1 {
		t.Fatalf("not half of a merge: %+v", half)
	}
	for _, id := range []string{winner.ID, winner.ID, loser.ID} {
		got, err := b.FinishMerge(t.Context(), actor.System("merge"), id)
		if err != nil || got.ID != winner.ID {
			t.Errorf("of %s: %s, %v", id, got.ID, err)
		}
	}
	if lost := b.mustGet(t, loser.ID); lost.MergedInto != winner.ID || lost.Contact != "" || !lost.Dirty {
		t.Errorf("left is %+v", lost)
	}
	_, err = b.FinishMerge(t.Context(), actor.System("merge"), "nobody")
	check(t, "nobody", err, record.ErrAbsent)
}

func TestService_Merge_Version(t *testing.T) {
	t.Parallel()
	b := setup(t)
	winner, loser := b.mustCreate(t, resident.Draft{Name: "Đỗ An"}), b.mustCreate(t, resident.Draft{Name: "Do An"})
	_, err := b.Merge(t.Context(), organizer, loser.ID, winner.ID, loser.Ver+1)
	check(t, "another version", err, resident.ErrVersion)
	if got := b.mustGet(t, winner.ID); len(got.Aliases) != 0 {
		t.Errorf("refused, and done: %+v", got)
	}
	_, err = b.Merge(t.Context(), organizer, loser.ID, winner.ID, loser.Ver)
	check(t, "the version that was seen", err, nil)
}
