package survey_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/survey"
)

func TestService_Ensure(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.survey(t)
	if v.State != survey.Planned || v.OpensAt != end.Add(24*time.Hour) || v.ClosesAt != end.Add(15*24*time.Hour) {
		t.Errorf("a new survey is %s, opens %v after the end and closes %v after it", v.State, v.OpensAt.Sub(end), v.ClosesAt.Sub(end))
	}
	if diff := cmp.Diff(survey.StandardItems(), v.Items); diff != "" {
		t.Error(diff)
	}
	b.e.EndAt = end.Add(7 * 24 * time.Hour)
	moved, err := b.Ensure(t.Context(), b.e)
	if err != nil || moved.OpensAt != end.Add(8*24*time.Hour) {
		t.Errorf("after a move by a week it opens %v after the old end (%v)", moved.OpensAt.Sub(end), err)
	}
	again, err := b.Ensure(t.Context(), b.e)
	if err != nil || again.Ver != moved.Ver {
		t.Errorf("ensuring again wrote version %d after %d (%v)", again.Ver, moved.Ver, err)
	}
}

func TestService_EnsureDue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	later := map[string]survey.State{}
	for i, state := range []event.State{event.Done, event.Reported, event.Published, event.Cancelled, event.Done} {
		e := b.e
		e.Head, e.State = record.Head{ID: id.Hash("event", fmt.Sprint(i))}, state
		if i == 4 {
			e.EndAt = end.Add(-20 * 24 * time.Hour)
		}
		if err := b.set.Events.Create(t.Context(), &e); err != nil {
			t.Fatal(err)
		}
		if i < 2 {
			later[e.ID] = survey.Planned
		}
	}
	for _, want := range []int{1, 1, 0} {
		if n, err := b.EnsureDue(t.Context(), end.Add(time.Hour), 1); n != want || err != nil {
			t.Fatalf("made %d, %v; want %d", n, err, want)
		}
	}
	got := map[string]survey.State{}
	for i := range 5 {
		v, err := b.set.Surveys.Get(t.Context(), id.Hash("event", fmt.Sprint(i)))
		if err == nil {
			got[v.ID] = v.State
		}
	}
	if diff := cmp.Diff(later, got); diff != "" {
		t.Errorf("surveys (-want +got):\n%s", diff)
	}
}

func TestService_Plan(t *testing.T) {
	t.Parallel()
	b := setup(t)
	items := []survey.Item{{Key: survey.KeyOverall}, {Words: map[string]string{"vi": "Đường đã\u200b sửa tốt chưa?"}}}
	organizer := staff(actor.Organizer, commune)
	v, err := b.Plan(t.Context(), organizer, b.e.ID, 0, items, 48)
	if err != nil {
		t.Fatal(err)
	}
	if v.OpensAt != end.Add(48*time.Hour) || len(v.Items) != 2 || v.Items[1].Words["vi"] != "Đường đã sửa tốt chưa?" || v.Items[1].ID == "" {
		t.Errorf("planned %+v, opening %v after the end", v.Items, v.OpensAt.Sub(end))
	}
	for name, act := range map[string]actor.Actor{
		"from above": staff(actor.Organizer, province), "reviewer": staff(actor.Reviewer, commune), "anonymous": staff("", ""),
	} {
		if _, err := b.Plan(t.Context(), act, b.e.ID, 0, items, 0); !errors.Is(err, record.ErrAbsent) {
			t.Errorf("%s: got %v, want absent", name, err)
		}
	}
	if _, err := b.Plan(t.Context(), organizer, b.e.ID, v.Ver-1, items, 0); !errors.Is(err, survey.ErrVersion) {
		t.Errorf("an old version gives %v", err)
	}
	b.now = end.Add(49 * time.Hour)
	if _, err := b.OpenDue(t.Context(), b.now, 10); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Plan(t.Context(), organizer, b.e.ID, 0, items, 0); !errors.Is(err, survey.ErrOpened) {
		t.Errorf("an open survey gives %v", err)
	}
}

func TestCheckItems(t *testing.T) {
	t.Parallel()
	own := func(w string) survey.Item { return survey.Item{Words: map[string]string{"vi": w}} }
	overall := survey.Item{Key: survey.KeyOverall}
	tests := []struct {
		name  string
		items []survey.Item
		want  string
	}{
		{"none", nil, "survey.items_count"},
		{"six", []survey.Item{overall, own("a"), own("b"), own("c"), own("d"), own("e")}, "survey.items_count"},
		{"not overall first", []survey.Item{own("a")}, "survey.overall_first"},
		{"unknown", []survey.Item{overall, {Key: "religion"}}, "survey.item_unknown"},
		{"no words", []survey.Item{overall, {Words: map[string]string{"en": "a"}}}, "survey.item_words"},
		{"twice", []survey.Item{overall, own("a"), own("a")}, "survey.item_twice"},
	}
	for _, tt := range tests {
		_, err := survey.CheckItems(tt.items)
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || len(e.Fields) == 0 || e.Fields[0].Code != tt.want {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

func TestService_Answer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.open(t)
	code := b.mustInvite(t, 1)[0]
	if v, err := b.Form(t.Context(), b.e.ID, code); err != nil || len(v.Items) != 4 {
		t.Fatalf("the form gives %d items, %v", len(v.Items), err)
	}
	in := b.submission(code, "form-1", 4)
	if err := b.Answer(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if err := b.Answer(t.Context(), in); err != nil {
		t.Errorf("the same form again gives %v", err)
	}
	if err := b.Answer(t.Context(), b.submission(code, "form-2", 1)); !errors.Is(err, survey.ErrCode) {
		t.Errorf("another form with the used code gives %v", err)
	}
	if _, err := b.Form(t.Context(), b.e.ID, code); !errors.Is(err, survey.ErrCode) {
		t.Errorf("a used code opens the form: %v", err)
	}
	got := b.answers(t)
	if len(got) != 1 {
		t.Fatalf("%d answers are kept, want 1", len(got))
	}
	got[0].ID = ""
	want := survey.Answer{Part: b.e.Part, Event: b.e.ID, Day: "2026-11-30", Levels: []int{4, 4, 0, 5}, Text: "Cảm ơn"}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Error(diff)
	}
}

func TestService_Answer_Refuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.open(t)
	code := b.mustInvite(t, 1)[0]
	altered := "A" + code[1:]
	if altered == code {
		altered = "B" + code[1:]
	}
	tests := []struct {
		name   string
		change func(*survey.Submission)
		kind   fault.Kind
	}{
		{"altered code", func(s *survey.Submission) { s.Code = altered }, fault.NotFound},
		{"no code", func(s *survey.Submission) { s.Code = "" }, fault.NotFound},
		{"unknown event", func(s *survey.Submission) { s.Event = id.Hash("other") }, fault.NotFound},
		{"nothing chosen", func(s *survey.Submission) { s.Levels, s.Text = []int{0, 0, 0, 0}, " \u200b" }, fault.Invalid},
		{"level 6", func(s *survey.Submission) { s.Levels[0] = 6 }, fault.Invalid},
		{"too few levels", func(s *survey.Submission) { s.Levels = []int{5} }, fault.Invalid},
		{"no form", func(s *survey.Submission) { s.Form = "" }, fault.Invalid},
		{"long text", func(s *survey.Submission) { s.Text = fmt.Sprintf("%01001d", 7) }, fault.Invalid},
	}
	for _, tt := range tests {
		in := b.submission(code, "form", 5)
		tt.change(&in)
		if err := b.Answer(t.Context(), in); fault.KindOf(err) != tt.kind || err == nil {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.kind)
		}
	}
	if got := b.answers(t); len(got) != 0 {
		t.Errorf("%d refused answers are kept", len(got))
	}
	if _, err := b.Form(t.Context(), b.e.ID, code); err != nil {
		t.Errorf("a refused form took the code: %v", err)
	}
}

// TestService_Answer_ManyAtOnce sends the same and other forms with one code at
// the same time: one answer stays, whatever the order.
func TestService_Answer_ManyAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.open(t)
	code := b.mustInvite(t, 1)[0]
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			err := b.Answer(context.WithoutCancel(t.Context()), b.submission(code, fmt.Sprintf("form-%d", i%3), 5))
			if err != nil && !errors.Is(err, survey.ErrCode) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := b.answers(t); len(got) != 1 {
		t.Errorf("%d answers are kept, want 1", len(got))
	}
}

func TestService_Results(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.open(t)
	for i, code := range b.mustInvite(t, 12) {
		if err := b.Answer(t.Context(), b.submission(code, fmt.Sprint(i), 3+i%3)); err != nil {
			t.Fatal(err)
		}
	}
	reviewer := staff(actor.Reviewer, commune)
	if r, err := b.Results(t.Context(), reviewer, b.e.ID); err != nil || r.Shown || r.Answers != 0 || r.Invited != 12 {
		t.Errorf("an open survey shows %+v (%v)", r, err)
	}
	b.now = b.survey(t).ClosesAt.Add(time.Hour)
	if _, err := b.CloseDue(t.Context(), b.now, 10); err != nil {
		t.Fatal(err)
	}
	r, err := b.Results(t.Context(), reviewer, b.e.ID)
	if err != nil || !r.Shown || r.Answers != 12 || *r.Figures[0].Satisfied != 667 || *r.Figures[0].Mean != 4000 || len(r.Texts) != 12 {
		t.Errorf("the unit's reviewer sees %+v (%v)", r, err)
	}
	above, err := b.Results(t.Context(), staff(actor.Reviewer, province), b.e.ID)
	if err != nil || !above.Shown || above.Texts != nil {
		t.Errorf("from above %d texts are seen (%v), want figures and no text", len(above.Texts), err)
	}
	for name, act := range map[string]actor.Actor{"stranger": staff(actor.Reviewer, "elsewhere"), "checkin": staff(actor.CheckIn, commune)} {
		if _, err := b.Results(t.Context(), act, b.e.ID); !errors.Is(err, record.ErrAbsent) {
			t.Errorf("%s: got %v, want absent", name, err)
		}
	}
	narrow := actor.Staff("s", []actor.Grant{{Role: actor.Reviewer, Unit: commune}}, "events:read")
	if _, err := b.Results(t.Context(), narrow, b.e.ID); !errors.Is(err, actor.ErrScope) {
		t.Errorf("a token of another scope gives %v", err)
	}
}
