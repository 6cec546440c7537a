package survey_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/survey"
)

func TestService_OpenDue(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*event.Event)
		at     calendar.Instant
		want   survey.State
	}{
		{"too early", nil, end.Add(23 * time.Hour), survey.Planned},
		{"in time", nil, end.Add(24 * time.Hour), survey.Open},
		{"reported", func(e *event.Event) { e.State = event.Reported }, end.Add(24 * time.Hour), survey.Open},
		{"not closed yet", func(e *event.Event) { e.State = event.Published }, end.Add(24 * time.Hour), survey.Planned},
		{"moved", func(e *event.Event) { e.EndAt = end.Add(7 * 24 * time.Hour) }, end.Add(24 * time.Hour), survey.Planned},
		{"cancelled", func(e *event.Event) { e.State = event.Cancelled }, end.Add(24 * time.Hour), survey.Planned},
		{"cancelled long ago", func(e *event.Event) { e.State = event.Cancelled }, end.Add(16 * 24 * time.Hour), survey.Closed},
	}
	for _, tt := range tests {
		b := setup(t)
		before := b.mustChange(t, tt.change)
		if _, err := b.OpenDue(t.Context(), tt.at, 10); err != nil {
			t.Fatal(err)
		}
		v := b.survey(t)
		if v.State != tt.want {
			t.Errorf("%s: is %s, want %s", tt.name, v.State, tt.want)
		}
		if v.State == survey.Planned && v.OpensAt <= tt.at {
			t.Errorf("%s: would be looked at again at once", tt.name)
		}
		after, err := b.set.Events.Get(t.Context(), b.e.ID)
		if touched := after.PlanVer > before.PlanVer; err != nil || touched != (tt.want == survey.Open) {
			t.Errorf("%s: the event was touched: %v (%v)", tt.name, touched, err)
		}
	}
}

// TestService_OpenDue_AfterAKill finds a survey that a killed run left between
// opening it and telling the planner.
func TestService_OpenDue_AfterAKill(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.now = end.Add(25 * time.Hour)
	if _, err := b.set.Surveys.Update(t.Context(), b.e.ID, func(v *survey.Survey) error {
		v.State = survey.Opening
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	before := b.mustChange(t, nil)
	if n, err := b.OpenDue(t.Context(), b.now, 10); n != 1 || err != nil {
		t.Fatalf("opened %d, %v", n, err)
	}
	if after := b.mustChange(t, nil); b.survey(t).State != survey.Open || after.PlanVer <= before.PlanVer {
		t.Errorf("is %s, plan_ver %d after %d", b.survey(t).State, after.PlanVer, before.PlanVer)
	}
}

func TestService_CloseDue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.open(t)
	codes := b.mustInvite(t, 13)
	for i, code := range codes[:12] {
		if err := b.Answer(t.Context(), b.submission(code, fmt.Sprint(i), 3+i%3)); err != nil {
			t.Fatal(err)
		}
	}
	b.now = b.survey(t).ClosesAt
	if err := b.Answer(t.Context(), b.submission(codes[12], "late", 5)); !errors.Is(err, survey.ErrCode) {
		t.Errorf("an answer after the end gives %v", err)
	}
	if n, err := b.CloseDue(t.Context(), b.now, 10); n != 0 || err != nil {
		t.Errorf("closed %d at once (%v), while an answer may be under way", n, err)
	}
	b.now = b.now.Add(10 * time.Minute)
	if n, err := b.CloseDue(t.Context(), b.now, 10); n != 1 || err != nil {
		t.Fatalf("closed %d, %v", n, err)
	}
	v := b.survey(t)
	want := survey.Histogram{Answers: 12, Counts: [][]int{{0, 0, 4, 4, 4}, {0, 0, 4, 4, 4}, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 12}}}
	if diff := cmp.Diff(&want, v.Result); v.State != survey.Closed || diff != "" {
		t.Errorf("%s (-want +got):\n%s", v.State, diff)
	}
	if e, err := b.set.Events.Get(t.Context(), b.e.ID); err != nil || !e.Uncounted {
		t.Errorf("the event is not marked to be counted (%v)", err)
	}
	if n, err := b.CloseDue(t.Context(), b.now, 10); n != 0 || err != nil {
		t.Errorf("closed %d again, %v", n, err)
	}
}
