package resident_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/survey"
)

func (w *world) answers(tb testing.TB, link string) []survey.Answer {
	tb.Helper()
	eventID := strings.Split(link, "/")[2]
	as, err := w.set.Boxes.Answers(context.Background(), id.Part(eventID), eventID, "", 100)
	must(tb, err)
	return as
}

func TestSurvey(t *testing.T) {
	t.Parallel()
	w := setup(t)
	links := w.surveyed(t)
	page := w.get(links[0]+"?lang=en").has(t, http.StatusOK, "Very dissatisfied", "Did the staff listen to you?").lacks(t, "checked")
	form := []string{"form", page.formID(t), "items", "4", "levels.0", "5", "levels.1", "0", "levels.3", "2", "text", "Cảm ơn\u202e", "helped", "yes"}
	w.post(links[0], form...).has(t, http.StatusOK, "Cảm ơn bạn đã cho biết ý kiến")
	w.post(links[0], form...).has(t, http.StatusOK, "Cảm ơn bạn đã cho biết ý kiến")
	got := w.answers(t, links[0])
	want := []survey.Answer{{Day: "2026-11-24", Levels: []int{5, 0, 0, 2}, Text: "Cảm ơn", Helped: true}}
	if len(got) == 1 {
		want[0].ID, want[0].Part, want[0].Event = got[0].ID, got[0].Part, got[0].Event
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// A used code, a wrong one and one of another event have the same page.
func TestSurvey_CodesAlike(t *testing.T) {
	t.Parallel()
	w := setup(t)
	links := w.surveyed(t)
	form := []string{"form", w.get(links[0]).formID(t), "items", "4", "levels.0", "4"}
	w.post(links[0], form...).has(t, http.StatusOK)
	want := w.get(links[0]).has(t, http.StatusNotFound, "Phiếu này không mở được").body
	altered := []byte(links[1])
	altered[len(altered)-2] ^= 1
	e := w.publish(t, input())
	for _, path := range []string{string(altered), "/s/" + e.ID + strings.TrimPrefix(links[1], "/s/"+strings.Split(links[1], "/")[2]), "/s/x/y"} {
		if got := w.get(path); got.status != http.StatusNotFound || got.body != want {
			t.Errorf("%s: %d, %s", path, got.status, cmp.Diff(want, got.body))
		}
		form[1] = "another form's id"
		if got := w.post(path, form...); got.body != want {
			t.Errorf("POST %s: %d", path, got.status)
		}
	}
	form[1] = "a later form's id"
	w.post(links[0], form...).has(t, http.StatusNotFound)
	if n := len(w.answers(t, links[0])); n != 1 {
		t.Errorf("%d answers, want 1", n)
	}
}

func TestSurvey_Refused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	link := w.surveyed(t)[0]
	form := w.get(link).formID(t)
	cases := map[string]struct {
		pairs  []string
		anchor string
	}{
		"nothing":       {[]string{"items", "4"}, "#levels-0"},
		"out of range":  {[]string{"items", "4", "levels.1", "6"}, "#levels-1"},
		"no number":     {[]string{"items", "4", "levels.2", "x"}, "#levels-2"},
		"too few items": {[]string{"items", "1", "levels.0", "5"}, "#levels-0"},
		"no items":      {[]string{"levels.0", "5"}, "#levels-0"},
		"long text":     {[]string{"items", "4", "levels.0", "5", "text", strings.Repeat("a", 1001)}, "#text"},
	}
	before := w.dump(t)
	for _, c := range cases {
		got := w.post(link, append(c.pairs, "form", form)...)
		got.has(t, http.StatusUnprocessableEntity, `href="`+c.anchor+`"`, `id="`+strings.TrimPrefix(c.anchor, "#")+`"`)
	}
	w.post(link, "form", form, "items", "4", "levels.0", "4", "levels.1", "9", "text", "<b>").
		has(t, http.StatusUnprocessableEntity, `value="4" checked`, "&lt;b&gt;")
	if d := cmp.Diff(before, w.dump(t)); d != "" {
		t.Error(d)
	}
}
