package storetest

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/survey"
)

func testSurveys(t *testing.T, set *store.Set) {
	d := documents[survey.Survey, *survey.Survey]{
		create: set.Surveys.Create, get: set.Surveys.Get, update: set.Surveys.Update,
		fix:  func(s *survey.Survey) { s.Part = id.Part(s.ID) },
		text: func(s *survey.Survey) *string { return &s.Items[0].Key },
	}
	d.contract(t)
	t.Run("Due", func(t *testing.T) { testDueSurveys(t, set, d.make) })
	t.Run("Codes", func(t *testing.T) { testCodes(t, set) })
	t.Run("CodeTakenOnce", func(t *testing.T) { testCodeTakenOnce(t, set) })
	t.Run("Answers", func(t *testing.T) { testAnswers(t, set) })
}

func testDueSurveys(t *testing.T, set *store.Set, newSurvey func() survey.Survey) {
	const due = calendar.Instant(5000)
	for _, state := range []survey.State{survey.Planned, survey.Opening, survey.Open} {
		var want []string
		for i := range 4 {
			s := newSurvey()
			s.State, s.OpensAt, s.ClosesAt = state, due-1+calendar.Instant(i), due+9
			if state != survey.Planned {
				s.OpensAt, s.ClosesAt = due+9, due-1+calendar.Instant(i)
			}
			must(t, set.Surveys.Create(t.Context(), &s))
			want = append(want, s.ID)
		}
		var got []string
		for _, s := range get[[]survey.Survey](t)(set.Surveys.Due(t.Context(), state, due, 9)) {
			got = append(got, s.ID)
		}
		diff(t, string(state)+" by time, those of the instant too", got, want[:2])
	}
}

func testCodes(t *testing.T, set *store.Set) {
	ctx := t.Context()
	event, code := newID(), newHash()
	part := id.Part(event)
	has := func(code string) bool {
		t.Helper()
		return get[bool](t)(set.Boxes.HasCode(ctx, part, event, code))
	}
	must(t, set.Boxes.AddCode(ctx, part, event, code))
	must(t, set.Boxes.AddCode(ctx, part, event, code))
	if !has(code) || has(newHash()) {
		t.Error("HasCode: a code that was added is missing, or another is there")
	}
	elsewhere := newID()
	if get[bool](t)(set.Boxes.TakeCode(ctx, id.Part(elsewhere), elsewhere, code)) {
		t.Error("a code was taken for another event")
	}
	if !get[bool](t)(set.Boxes.TakeCode(ctx, part, event, code)) {
		t.Error("TakeCode of what is there reports false")
	}
	if get[bool](t)(set.Boxes.TakeCode(ctx, part, event, code)) || has(code) {
		t.Error("a code was taken twice")
	}
	must(t, set.Boxes.AddCode(ctx, part, event, code))
	must(t, set.Boxes.DropCodes(ctx, part, event))
	must(t, set.Boxes.DropCodes(ctx, part, event))
	if has(code) {
		t.Error("a code outlived DropCodes")
	}
}

func testCodeTakenOnce(t *testing.T, set *store.Set) {
	ctx := t.Context()
	event, code := newID(), newHash()
	must(t, set.Boxes.AddCode(ctx, id.Part(event), event, code))
	var taken atomic.Int32
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			did, err := set.Boxes.TakeCode(ctx, id.Part(event), event, code)
			if err != nil {
				t.Errorf("TakeCode: %v", err)
			}
			if did {
				taken.Add(1)
			}
		})
	}
	group.Wait()
	if n := taken.Load(); n != 1 {
		t.Errorf("%d callers took one code", n)
	}
}

func testAnswers(t *testing.T, set *store.Set) {
	ctx := t.Context()
	event := newID()
	part := id.Part(event)
	var want []survey.Answer
	for range 5 {
		var a survey.Answer
		fill(&a)
		a.ID, a.Event, a.Part = newHash(), event, part
		must(t, set.Boxes.PutAnswer(ctx, a))
		want = append(want, a)
	}
	wantErr(t, set.Boxes.PutAnswer(ctx, want[0]), record.ErrExists)
	slices.SortFunc(want, func(a, b survey.Answer) int { return compare(a.ID, b.ID) })

	read := func() []survey.Answer {
		t.Helper()
		var all []survey.Answer
		for after := ""; ; {
			found := get[[]survey.Answer](t)(set.Boxes.Answers(ctx, part, event, after, 2))
			if len(found) == 0 {
				return all
			}
			all, after = append(all, found...), found[len(found)-1].ID
		}
	}
	diff(t, "answers by id", read(), want)
	must(t, set.Boxes.RemoveAnswer(ctx, part, event, want[2].ID))
	must(t, set.Boxes.RemoveAnswer(ctx, part, event, want[2].ID))
	diff(t, "after a removal", read(), slices.Delete(want, 2, 3))
}
