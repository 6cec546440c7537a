package attendance_test

import (
	"errors"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/attendance"
)

func TestService_Tallies(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.registration(t)
	paper, tally := b.scan(), b.scan()
	b.count(t, attendance.Scan{ID: b.scan(), Source: attendance.Name, Registration: r.ID},
		attendance.Scan{ID: paper, Source: attendance.Paper, People: 30, Village: "v"})
	b.now = b.now.Add(time.Minute)
	b.count(t, attendance.Scan{ID: tally, Source: attendance.Tally, People: 4})
	_, err := b.Undo(t.Context(), b.door(), b.event.ID, paper)
	must(t, err)
	got, totals, err := b.Tallies(t.Context(), b.door(), b.event.ID)
	must(t, err)
	if len(got) != 2 || got[0].ID != tally || got[0].Undone || got[1].ID != paper || !got[1].Undone || got[1].Village != "v" {
		t.Errorf("got %+v", got)
	}
	if totals.People != 7 || totals.Registered != 3 {
		t.Errorf("totals %+v", totals)
	}
	viewer := actor.Staff("v", []actor.Grant{{Role: actor.Viewer, Unit: "u"}}, actor.AllScopes)
	if _, _, err := b.Tallies(t.Context(), viewer, b.event.ID); !errors.Is(err, attendance.ErrRole) {
		t.Errorf("a viewer sees the counts: %v", err)
	}
}
