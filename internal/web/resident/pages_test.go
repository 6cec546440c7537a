package resident_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
)

func TestComing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.get("/").has(t, http.StatusOK, "Chưa có buổi nào", "hỏi trưởng thôn", `href="/units"`)
	titled := func(title, unit, village string) event.Event {
		in := input()
		in.Title, in.Unit, in.Village = title, unit, village
		return w.publish(t, in)
	}
	titled("Sửa cầu", commune, village)
	titled("Gặp dân", commune, "")
	moved := titled("Dọn suối", other, "")
	w.get("/?lang=en").has(t, http.StatusOK, "Sửa cầu", "Gặp dân", "Dọn suối", "/?unit=other&amp;lang=en")
	w.get("/?unit=other").has(t, http.StatusOK, "Dọn suối", "Xem tất cả đơn vị", "<h1>Những Chủ nhật sắp tới ở Xã Tà Nung</h1>", `href="/calendars/other.ics"`, "/?lang=pl&amp;unit=other").lacks(t, "Sửa cầu", "Gặp dân")
	w.get("/?unit="+commune).has(t, http.StatusOK, `class="chip" href="/?unit=village"`, "Sửa cầu")
	w.get("/?unit="+village).has(t, http.StatusOK, "Sửa cầu", "Gặp dân", "Xã Lạc Dương ·").lacks(t, "Dọn suối")
	w.get("/?unit=nowhere").has(t, http.StatusNotFound)
	w.do(t, moved, actor.Organizer, event.Postpone)
	w.get("/").has(t, http.StatusOK, "◷")
	w.do(t, moved, actor.Organizer, event.Cancel)
	w.get("/").has(t, http.StatusOK, "Dọn suối", "✕</span> Đã hủy")
	w.get("/units").has(t, http.StatusOK, "Xã Lạc Dương").lacks(t, "Xã Tà Nung")
	w.now = at(29, 8)
	w.get("/").has(t, http.StatusOK, "Đang diễn ra")
	w.now = at(29, 11)
	w.get("/").has(t, http.StatusOK).lacks(t, "Sửa cầu")
}

func TestComing_Pages(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for i := range 23 {
		in := input()
		in.Title = fmt.Sprintf("Buổi số %02d.", i)
		w.publish(t, in)
	}
	seen, next, pages := 0, "/?lang=en", 0
	for next != "" {
		got := w.get(next).has(t, http.StatusOK)
		seen, next, pages = seen+strings.Count(got.body, "Buổi số"), "", pages+1
		for _, n := range got.nodes(t) {
			if href := attr(n, "href"); n.Data == "a" && strings.Contains(href, "after=") && attr(n, "class") == "button second" {
				next = href
			}
		}
	}
	if seen != 23 || pages != 2 {
		t.Errorf("%d events on %d pages", seen, pages)
	}
	w.get("/?after=altered").has(t, http.StatusUnprocessableEntity)
}

// Sundays that begin together stand in the order of their villages' names, also
// from one page to the next.
func TestComing_ByName(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var want []string
	for i := range 23 {
		want = append(want, fmt.Sprintf("Thôn %s %02d", []string{"An", "Ánh", "Bình", "Đạ", "Lát"}[i/5], i%5))
	}
	for i := range want {
		in := input()
		in.Village, in.Place.Name = "", want[i*7%len(want)]
		in.Title = "Ở " + in.Place.Name
		w.publish(t, in)
	}
	later := input()
	later.Title, later.Village, later.Place.Name, later.LocalStart = "Ở A, muộn hơn", "", "A", "2026-11-29T08:00"
	w.publish(t, later)
	title := regexp.MustCompile(`Ở ([^<]+)<`)
	for _, lang := range []string{"vi", "en", "pl"} {
		var got []string
		for next := "/?lang=" + lang; next != ""; {
			page := w.get(next).has(t, http.StatusOK)
			next = ""
			for _, m := range title.FindAllStringSubmatch(page.body, -1) {
				got = append(got, m[1])
			}
			for _, n := range page.nodes(t) {
				if href := attr(n, "href"); n.Data == "a" && strings.Contains(href, "after=") && attr(n, "class") == "button second" {
					next = href
				}
			}
		}
		if d := cmp.Diff(append(slices.Clone(want), "A, muộn hơn"), got); d != "" {
			t.Errorf("%s: %s", lang, d)
		}
	}
}

// A page of an event is kept by its version, and its places are never kept.
func TestEvent_FollowsChanges(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	w.get("/e/"+e.ID).has(t, http.StatusOK, "Làm đường thôn", "Còn 10 chỗ", "còn 9 ngày", "21 tháng 10 âm lịch")
	w.join(t, e, "3")
	w.get("/e/"+e.ID).has(t, http.StatusOK, "Còn 7 chỗ, đã có 3 người")
	title := `Làm cầu <script>alert("x")</script>`
	_, err := w.events.Edit(t.Context(), staff(actor.Organizer), e.ID, 0, event.Patch{Title: &title})
	must(t, err)
	w.get("/e/"+e.ID).has(t, http.StatusOK, "Làm cầu &lt;script&gt;", "Còn 7 chỗ").lacks(t, "<script>", "Làm đường")
	w.now = at(28, 9)
	w.get("/e/"+e.ID).has(t, http.StatusOK, "ngày mai")
	if a, b := w.get("/e/"+e.ID).formID(t), w.get("/e/"+e.ID).formID(t); a == b || len(a) < 16 {
		t.Errorf("form ids %q and %q", a, b)
	}
}

func TestEvent_NotPublic(t *testing.T) {
	t.Parallel()
	w := setup(t)
	draft, err := w.events.Create(t.Context(), staff(actor.Organizer), "", input())
	must(t, err)
	want := w.get("/e/unknown").has(t, http.StatusNotFound, "Không có trang này").body
	for _, path := range []string{"/e/" + draft.ID, "/e/" + draft.ID + "/event.ics", "/e/%00", "/e/" + strings.Repeat("x", 5000)} {
		if got := w.get(path); got.status != http.StatusNotFound || got.body != want {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestEvent_SlotsWithoutLimit(t *testing.T) {
	t.Parallel()
	w := setup(t)
	in := input()
	in.Slots = []event.Slot{{ID: "a", Name: "Sáng", Capacity: 3}, {ID: "b", Name: "Chiều"}}
	e := w.publish(t, in)
	w.post("/e/"+e.ID+"/register", "form", w.get("/e/"+e.ID).formID(t), "party", "3", "slot", "a").has(t, http.StatusSeeOther)
	w.get("/e/"+e.ID).has(t, http.StatusOK, "Hết chỗ, có danh sách chờ", "Không giới hạn chỗ", "Sáng", "Chiều", "Đăng ký</button>")
	in.Slots = nil
	w.get("/e/"+w.publish(t, in).ID).has(t, http.StatusOK, "Không giới hạn chỗ").lacks(t, `name="slot"`)
}

// everyPage gives each kind of page once.
func (w *world) everyPage(t *testing.T) map[string]string {
	t.Helper()
	in := input()
	in.Slots = append(in.Slots, event.Slot{ID: "late", Name: "Buổi chiều", Capacity: 4})
	e, single := w.publish(t, in), w.publish(t, input())
	pages := map[string]string{
		"coming": "/", "event": "/e/" + e.ID, "single": "/e/" + single.ID, "own": w.join(t, single, "2"),
		"confirm": w.pending(t, e, "an@example.org"), "opt-out": w.optOutLink(t, "an@example.org", false),
		"opted out": w.optOutLink(t, "binh@example.org", true), "lost": "/r/AAAAAAAAAAAAAAAAAAAAAA",
		"unit": "/?unit=" + commune, "village": "/?unit=" + village, "units": "/units", "data": "/data", "done": "/done",
		"wishes": w.withAddress(t, single) + "/wishes",
	}
	pages["survey"] = w.surveyed(t)[0]
	return pages
}

func TestPages_InEveryLanguage(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for name, path := range w.everyPage(t) {
		for _, lang := range []string{"vi", "en", "pl"} {
			got := w.get(inLang(path, lang))
			if !strings.Contains(got.body, `<html lang="`+lang+`">`) {
				t.Errorf("%s is not in %s", name, lang)
			}
			checkPage(t, name+" "+lang, got, lang)
		}
		if got := w.get(path); strings.Contains(strings.ReplaceAll(got.body, `hreflang=`, ""), "lang=vi\">") && name == "event" {
			t.Errorf("%s: a language that nobody asked for is kept", name)
		}
	}
}

func inLang(path, lang string) string {
	if strings.Contains(path, "?") {
		return path + "&lang=" + lang
	}
	return path + "?lang=" + lang
}

// checkPage wants what a reader without eyes or mouse needs, and nothing that
// asks another host or runs.
func checkPage(t *testing.T, name string, a answer, lang string) {
	t.Helper()
	ids, labels, h1 := map[string]int{}, map[string]bool{}, 0
	nodes := a.nodes(t)
	for _, n := range nodes {
		if v, ok := lookup(n, "id"); ok {
			ids[v]++
		}
		if n.Data == "label" {
			labels[attr(n, "for")] = true
		}
		if n.Data == "h1" {
			h1++
		}
		if n.Data == "script" || n.Data == "style" || attr(n, "style") != "" || attr(n, "onclick") != "" {
			t.Errorf("%s: <%s> is not for pages without scripts", name, n.Data)
		}
		checkLanguageKept(t, name, n, lang)
	}
	for v, times := range ids {
		if times > 1 {
			t.Errorf("%s: the id %q is there %d times", name, v, times)
		}
	}
	if h1 != 1 {
		t.Errorf("%s: %d h1", name, h1)
	}
	for _, n := range nodes {
		checkControl(t, name, n, ids, labels)
	}
}

func checkLanguageKept(t *testing.T, name string, n *html.Node, lang string) {
	t.Helper()
	to := attr(n, "action")
	if n.Data == "a" && attr(n, "hreflang") == "" && !strings.HasPrefix(attr(n, "href"), "#") {
		to = attr(n, "href")
	}
	if u, err := url.Parse(to); to != "" && (err != nil || u.Host != "" || u.Query().Get("lang") != lang) {
		t.Errorf("%s: %s does not keep the language", name, to)
	}
}

func checkControl(t *testing.T, name string, n *html.Node, ids map[string]int, labels map[string]bool) {
	t.Helper()
	if by := attr(n, "aria-describedby"); by != "" {
		for one := range strings.FieldsSeq(by) {
			if ids[one] == 0 {
				t.Errorf("%s: nothing has the id %q", name, one)
			}
		}
	}
	if n.Data != "input" && n.Data != "textarea" && n.Data != "select" || attr(n, "type") == "hidden" {
		return
	}
	wrapped := n.Parent != nil && n.Parent.Data == "label"
	if !wrapped && !labels[attr(n, "id")] {
		t.Errorf("%s: the field %q has no label", name, attr(n, "name"))
	}
	if kind := attr(n, "type"); kind == "radio" || kind == "checkbox" {
		if _, checked := lookup(n, "checked"); checked {
			t.Errorf("%s: %q is chosen from the start", name, attr(n, "name"))
		}
	}
}

// A first visit is the page and its style sheet, under 50 KB in all.
func TestPages_AreSmall(t *testing.T) {
	t.Parallel()
	w := setup(t)
	style := w.get(assets.Style()).has(t, http.StatusOK)
	if got := style.header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Error(got)
	}
	for name, path := range w.everyPage(t) {
		got := w.get(inLang(path, "vi"))
		if n := len(got.body) + len(style.body); n > 50_000 {
			t.Errorf("%s: %d bytes", name, n)
		}
		var loads []string
		for _, n := range got.nodes(t) {
			for _, from := range []string{attr(n, "src"), map[bool]string{true: attr(n, "href")}[n.Data == "link" && !named(attr(n, "rel"))]} {
				if from != "" && !strings.HasPrefix(from, "data:") {
					loads = append(loads, from)
				}
			}
		}
		if !slices.Equal(loads, []string{assets.Style()}) {
			t.Errorf("%s loads %v", name, loads)
		}
	}
}

// named reports whether a link only names something, and loads nothing.
func named(rel string) bool { return rel == "canonical" || rel == "alternate" }

func TestPages_PersonalOnesAreNotKept(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for name, path := range w.everyPage(t) {
		personal := len(strings.Split(path, "/")) > 2 && !strings.HasPrefix(path, "/e/") && name != "lost"
		got := w.get(path)
		kept := got.header.Get("Cache-Control") != "no-store" || !strings.Contains(got.header.Get("X-Robots-Tag"), "noindex") ||
			!strings.Contains(got.body, `content="noindex, nofollow"`)
		if personal && kept {
			t.Errorf("%s: %v", name, got.header)
		}
		if head := w.ask(http.MethodHead, path, nil); head.status != got.status {
			t.Errorf("%s: HEAD %d, GET %d", name, head.status, got.status)
		}
	}
}
