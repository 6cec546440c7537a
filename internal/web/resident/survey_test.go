package resident_test

import (
	"context"
	"net/http"
	"net/url"
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

// goThrough sends the form screen by screen as a browser does: what the page
// holds, with what is chosen on it and the button that is pressed.
func (w *world) goThrough(tb testing.TB, page answer, link, button string, chosen ...string) answer {
	tb.Helper()
	form := url.Values{}
	for _, n := range page.nodes(tb) {
		_, checked := lookup(n, "checked")
		switch {
		case n.Data == "textarea" && n.FirstChild != nil:
			form.Set("text", n.FirstChild.Data)
		case n.Data == "input" && (attr(n, "type") == "hidden" || checked):
			form.Set(attr(n, "name"), attr(n, "value"))
		}
	}
	for i := 0; i < len(chosen); i += 2 {
		form.Set(chosen[i], chosen[i+1])
	}
	form.Set("go", button)
	return w.ask(http.MethodPost, link, form)
}

func TestSurvey(t *testing.T) {
	t.Parallel()
	w := setup(t)
	link := w.surveyed(t)[0]
	page := w.get(link+"?lang=en").has(t, http.StatusOK, "Very dissatisfied", "Question 1 of 5", "from 10 answers on").lacks(t, "checked", "Did the staff listen")
	page = w.goThrough(t, page, link, "next", "levels.0", "5").has(t, http.StatusOK, "Câu 2 trong 5", "lắng nghe").lacks(t, "checked")
	page = w.goThrough(t, page, link, "skip").has(t, http.StatusOK, "Câu 3 trong 5")
	page = w.goThrough(t, page, link, "next", "levels.2", "4").has(t, http.StatusOK, "Câu 4 trong 5")
	// back, and another answer
	page = w.goThrough(t, page, link, "back").has(t, http.StatusOK, "Câu 3 trong 5", `value="4" checked`)
	page = w.goThrough(t, page, link, "next", "levels.2", "1").has(t, http.StatusOK, "Câu 4 trong 5")
	page = w.goThrough(t, page, link, "next", "levels.3", "2").has(t, http.StatusOK, "Câu 5 trong 5", "<textarea")
	page = w.goThrough(t, page, link, "back", "text", "Cảm ơn\u202e", "helped", "yes").has(t, http.StatusOK, "Câu 4 trong 5", "checked")
	page = w.goThrough(t, page, link, "next").has(t, http.StatusOK, "Cảm ơn", "checked")
	if n := len(w.answers(t, link)); n != 0 {
		t.Fatalf("%d answers before any was sent", n)
	}
	for range 2 {
		w.goThrough(t, page, link, "send").has(t, http.StatusOK, "Cảm ơn bạn đã cho biết ý kiến", `href="/done"`)
	}
	got := w.answers(t, link)
	want := []survey.Answer{{Day: "2026-11-24", Levels: []int{5, 0, 1, 2}, Text: "Cảm ơn", Helped: true}}
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
	form := []string{"form", w.get(links[0]).formID(t), "items", "4", "levels.0", "4", "go", "send"}
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
		"nothing":             {[]string{"items", "4", "go", "send"}, "#levels-0"},
		"out of range":        {[]string{"items", "4", "levels.1", "6", "go", "send"}, "#levels-1"},
		"no number":           {[]string{"items", "4", "levels.2", "x", "go", "send"}, "#levels-2"},
		"too few items":       {[]string{"items", "1", "levels.0", "5", "go", "send"}, "#levels-0"},
		"no items":            {[]string{"levels.0", "5", "go", "send"}, "#levels-0"},
		"long text":           {[]string{"items", "4", "levels.0", "5", "text", strings.Repeat("a", 1001), "go", "send"}, "#text"},
		"no button":           {[]string{"items", "4", "levels.0", "5"}, "#levels-0"},
		"no choice":           {[]string{"items", "4", "step", "2", "go", "next"}, "#levels-2"},
		"a strange choice":    {[]string{"items", "4", "step", "1", "levels.1", "7", "go", "next"}, "#levels-1"},
		"past the last":       {[]string{"items", "4", "step", "9", "go", "next"}, "#text"},
		"a strange step":      {[]string{"items", "4", "step", "-3", "go", "next"}, "#levels-0"},
		"a step of no number": {[]string{"items", "x", "step", "x", "go", "x"}, "#levels-0"},
	}
	before := w.dump(t)
	for name, c := range cases {
		t.Log(name)
		got := w.post(link, append(c.pairs, "form", form)...)
		got.has(t, http.StatusUnprocessableEntity, `href="`+c.anchor+`"`, `id="`+strings.TrimPrefix(c.anchor, "#")+`"`)
	}
	w.post(link, "form", form, "items", "4", "levels.0", "4", "levels.1", "9", "text", "<b>", "go", "send").
		has(t, http.StatusUnprocessableEntity, "”: Xin chọn một mức từ 1 đến 5.</a>", `name="levels.0" value="4"`, "&lt;b&gt;")
	if d := cmp.Diff(before, w.dump(t)); d != "" {
		t.Error(d)
	}
}
