package resident_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

func TestRegister_WithoutAddress(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	form := w.get("/e/" + e.ID).formID(t)
	path := "/e/" + e.ID + "/register?lang=en"
	first := w.post(path, "form", form, "party", "more", "more", "5", "name", "L\u0061\u0302n\u202e\u200b")
	second := w.post(path, "form", form, "party", "more", "more", "5", "name", "L\u0061\u0302n\u202e\u200b")
	if first.status != http.StatusSeeOther || first.location != second.location {
		t.Fatalf("got %d %q, then %q", first.status, first.location, second.location)
	}
	all := w.all(t, e)
	if len(all) != 1 || all[0].Party != 5 || all[0].State != registration.Registered || w.mails.Load() != 0 {
		t.Errorf("got %+v, %d mails", all, w.mails.Load())
	}
	who, err := w.set.Residents.Get(context.Background(), all[0].Resident)
	must(t, err)
	if who.Name != "L\u00e2n" {
		t.Errorf("name %q is not clean", who.Name)
	}
	if !strings.HasSuffix(first.location, "?lang=en") {
		t.Errorf("%q does not keep the language", first.location)
	}
	w.get(first.location).has(t, http.StatusOK, "5 people", "data:image/png;base64,", `<meta name="robots" content="noindex`)
	w.get("/e/"+e.ID).has(t, http.StatusOK, "Còn 5 chỗ, đã có 5 người")
}

func TestRegister_WithAddress(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	reminders, err := resident.TextFor(resident.ForReminders, "pl")
	must(t, err)
	form := w.get("/e/" + e.ID).formID(t)
	pairs := []string{"form", form, "party", "2", "email", " An@Example.org ", "consent.reminders", reminders.ID}
	got := w.post("/e/"+e.ID+"/register?lang=pl", pairs...)
	got.has(t, http.StatusOK, "2 osoby", "niedziela, 22 listopada, 9:00", "wysyłanie wiadomości na ten adres kiedyś wstrzymano").lacks(t, "/r/", "example.org")
	if got.header.Get("Cache-Control") != "no-store" || got.header.Get("X-Robots-Tag") == "" || w.mails.Load() != 1 {
		t.Errorf("%v, %d mails", got.header, w.mails.Load())
	}
	w.post("/e/"+e.ID+"/register?lang=pl", pairs...).has(t, http.StatusOK)
	all := w.all(t, e)
	if len(all) != 1 || all[0].State != registration.Pending {
		t.Fatalf("got %+v", all)
	}
	if d := cmp.Diff([]registration.Asked{{Purpose: "reminders", Text: reminders.ID}}, all[0].Asked); d != "" {
		t.Error(d)
	}
}

// The answer is made once for many, and each has what is one's own alone.
func TestRegister_ReceiptOfOnesOwn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	in := input()
	in.Slots = []event.Slot{{ID: "road", Name: "Làm đường", Capacity: 5}, {ID: "house", Name: "Sửa nhà", Capacity: 3}}
	e := w.publish(t, in)
	letters := regexp.MustCompile(`<code>([^<]+)</code>`)
	seen := map[string]bool{}
	for i, tt := range []struct{ party, slot, lang, has, lacks string }{
		{"2", "road", "vi", "2 người", "Sửa nhà"},
		{"3", "road", "vi", "3 người", "2 người"},
		{"3", "house", "vi", "Sửa nhà", "Làm đường<"},
		{"1", "road", "pl", "Wolnych miejsc już nie ma", "<code>"}, // asked to confirm, and waits
		{"1", "house", "en", "waiting list", "<code>"},
		{"2", "road", "en", "waiting list", "<code>"},
	} {
		path := "/e/" + e.ID
		if tt.lang == "en" {
			w.now = at(28, 20) // nobody is asked to confirm any more
		}
		got := w.post(path+"/register?lang="+tt.lang, "form", w.get(path).formID(t), "party", tt.party, "slot", tt.slot, "email", fmt.Sprintf("p%d@example.org", i))
		got.has(t, http.StatusOK, tt.has).lacks(t, tt.lacks, "gap")
		code := letters.FindString(got.body)
		if waits := tt.lacks == "<code>"; (code == "") != waits || seen[code] && !waits {
			t.Errorf("%+v: the code is %q", tt, code)
		}
		seen[code] = true
	}
}

var code = regexp.MustCompile(`(?s)<div class="code">.*?</div>`)

// The page tells nobody whether an address is registered: it is the same but
// for the code, and without one where there is no place.
func TestRegister_KnownLooksLikeUnknown(t *testing.T) {
	t.Parallel()
	w := setup(t)
	knownLooksLikeUnknown(t, w, w.publish(t, input()), 3)
	full := w.publish(t, input())
	w.join(t, full, "8")
	knownLooksLikeUnknown(t, w, full, 4)
}

// One page for all: who once stopped all messages reads on it why no mail comes, and
// nobody learns who that is.
func knownLooksLikeUnknown(t *testing.T, w *world, e event.Event, registrations int) {
	t.Helper()
	var pages []string
	w.optOutLink(t, "chi@example.org", true)
	for _, email := range []string{"an@example.org", "an@example.org", "binh@example.org", "chi@example.org"} {
		got := w.post("/e/"+e.ID+"/register", "form", w.get("/e/"+e.ID).formID(t), "party", "3", "name", "An", "email", email)
		pages = append(pages, code.ReplaceAllString(got.has(t, http.StatusOK).body, ""))
	}
	if d := cmp.Diff(pages[0], pages[1]); d != "" {
		t.Error(d)
	}
	for _, other := range pages[2:] {
		if d := cmp.Diff(pages[0], other); d != "" {
			t.Error(d)
		}
	}
	if n := len(w.all(t, e)); n != registrations {
		t.Errorf("%d registrations, want %d", n, registrations)
	}
}

// Who goes back from the answer and mends what was typed sends the same form
// once more: nothing of it is lost, and nobody waits for a mail that never comes.
func TestRegister_SentWithSomethingElse(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	path := "/e/" + e.ID
	form := w.get(path).formID(t)
	send := func(id, party, email, lang string) answer {
		return w.post(path+"/register?lang="+lang, "form", id, "party", party, "name", "An", "email", email)
	}
	send(form, "2", "anh@example.org", "vi").has(t, http.StatusOK)
	mails := w.mails.Load()
	before := w.dump(t)
	for lang, says := range map[string]string{
		"vi": "Lần gửi đầu vẫn giữ nguyên", "en": "What was sent first still stands", "pl": "Pierwsze zgłoszenie nadal obowiązuje",
	} {
		again := send(form, "3", "an@example.org", lang)
		again.has(t, http.StatusConflict, `class="summary"`, says, `value="3" checked`, `value="An"`, `value="an@example.org"`).lacks(t, "anh@example.org")
		if id := again.formID(t); id == "" || id == form {
			t.Errorf("the form is shown again as %q", id)
		}
	}
	if d := cmp.Diff(before, w.dump(t)); d != "" || w.mails.Load() != mails {
		t.Errorf("%d mails, were %d; %s", w.mails.Load(), mails, d)
	}
	send(form, "2", "anh@example.org", "vi").has(t, http.StatusOK)
	fresh := send(form, "3", "an@example.org", "en").formID(t)
	send(fresh, "3", "an@example.org", "en").has(t, http.StatusOK, "3 people")
	if all := w.all(t, e); len(all) != 2 || w.mails.Load() <= mails {
		t.Errorf("%d mails, %+v", w.mails.Load(), all)
	}
}

func TestRegister_Refused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	in := input()
	in.Slots = append(in.Slots, event.Slot{ID: "late", Name: "Buổi chiều", Capacity: 4})
	e := w.publish(t, in)
	news, err := resident.TextFor(resident.ForNews, "vi")
	must(t, err)
	before := w.dump(t)
	cases := map[string]struct {
		pairs []string
		field string
		words string
	}{
		"nothing chosen":     {[]string{"slot", "all"}, "party", "Xin chọn một số"},
		"too many":           {[]string{"slot", "all", "party", "more", "more", "21"}, "party", "1 đến 20"},
		"no number":          {[]string{"slot", "all", "party", "more", "more", "năm"}, "party", "1 đến 20"},
		"more than the slot": {[]string{"slot", "late", "party", "more", "more", "5"}, "party", "4"},
		"no slot":            {[]string{"party", "1"}, "slot", "Không có phần này"},
		"strange slot":       {[]string{"party", "1", "slot", "x"}, "slot", "Không có phần này"},
		"header injection":   {[]string{"slot", "all", "party", "1", "email", "a@example.org\r\nBcc: b@example.org"}, "email", "lan@example.org"},
		"long name":          {[]string{"slot", "all", "party", "1", "name", strings.Repeat("a", 121)}, "name", "120"},
		"wish, no address":   {[]string{"slot", "all", "party", "1", "consent.surveys", news.ID}, "email", "Xin ghi địa chỉ thư"},
		"no form id":         {[]string{"slot", "all", "party", "1", "form", ""}, "", "Xin mở lại trang"},
	}
	for name, c := range cases {
		t.Log(name)
		pairs := c.pairs
		if !slices.Contains(pairs, "form") {
			pairs = append(pairs, "form", w.get("/e/"+e.ID).formID(t))
		}
		got := w.post("/e/"+e.ID+"/register", pairs...).has(t, http.StatusUnprocessableEntity, `class="summary"`, c.words)
		wantAnchor(t, got, c.field)
	}
	if d := cmp.Diff(before, w.dump(t)); d != "" {
		t.Error(d)
	}
	got := w.post("/e/"+e.ID+"/register", "party", "3", "slot", "late", "name", `L"an`, "email", "bad", "form", "x")
	got.has(t, http.StatusUnprocessableEntity, `value="3" checked`, `value="late" checked`, `value="L&#34;an"`, `value="bad"`)
	// A consent text of another purpose is no consent.
	w.post("/e/"+e.ID+"/register", "slot", "all", "party", "1", "email", "a@example.org", "consent.surveys", news.ID,
		"form", w.get("/e/"+e.ID).formID(t)).has(t, http.StatusUnprocessableEntity)
	if n := len(w.all(t, e)); n != 0 {
		t.Errorf("%d registrations", n)
	}
}

// wantAnchor follows the summary's link to a control that says what was wrong.
func wantAnchor(tb testing.TB, a answer, field string) {
	tb.Helper()
	if field == "" {
		return
	}
	linked, found := false, false
	for _, n := range a.nodes(tb) {
		linked = linked || n.Data == "a" && attr(n, "href") == "#"+field
		found = found || n.Data == "input" && attr(n, "id") == field
	}
	named := strings.Contains(a.body, `">“`+map[string]string{
		"party": "Nhà mình đi mấy người?", "slot": "Bạn chọn phần nào?", "email": "Thư điện tử", "name": "Tên bạn",
	}[field]+"”: ")
	if !named || !linked || !found || !strings.Contains(a.body, `id="`+field+`-wrong"`) {
		tb.Errorf("linked %v, control %v in %s", linked, found, a.body)
	}
}

func TestRegister_NotOpen(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	form := w.get("/e/" + e.ID).formID(t)
	w.do(t, e, actor.Organizer, event.Postpone)
	w.get("/e/"+e.ID).has(t, http.StatusOK, "tạm hoãn", "Mưa lớn").lacks(t, "<form", "event.ics")
	w.post("/e/"+e.ID+"/register", "form", form, "party", "1").has(t, http.StatusConflict, "không nhận đăng ký").lacks(t, "<form")
	w.do(t, e, actor.Organizer, event.Resume)
	w.now = at(29, 8)
	w.get("/e/"+e.ID).has(t, http.StatusOK, "Đang diễn ra", "Không đăng ký vẫn đến được").lacks(t, "<form")
	w.post("/e/"+e.ID+"/register", "form", form, "party", "1").has(t, http.StatusConflict)
	w.now = at(29, 12)
	w.get("/e/"+e.ID).has(t, http.StatusOK, "đã diễn ra").lacks(t, "<form")
	if n := len(w.all(t, e)); n != 0 {
		t.Errorf("%d registrations", n)
	}
	w.post("/e/unknown/register", "form", form, "party", "1").has(t, http.StatusNotFound)
}

func TestRegister_Waitlist(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	w.join(t, e, "4")
	first := w.join(t, e, "4")
	waits := w.join(t, e, "3")
	code := map[string][]string{
		"vi": {"danh sách chờ", "Có chỗ rồi thì mới có mã"}, "en": {"waiting list", "The code for the door comes with the place"},
		"pl": {"liście oczekujących", "Kod do pokazania przy wejściu pojawi się razem z miejscem"},
	}
	for lang, says := range code {
		w.get(waits+"?lang="+lang).has(t, http.StatusOK, says...).lacks(t, "data:image/png", "<code>", "event.ics")
	}
	w.get(waits).has(t, http.StatusOK, "ra khỏi danh sách chờ").lacks(t, "dành cho người khác")
	w.get(w.join(t, e, "2")).has(t, http.StatusOK, "Hẹn gặp bạn", "data:image/png")
	w.get("/e/"+e.ID).has(t, http.StatusOK, "Đã đủ chỗ", "Ghi tôi vào danh sách chờ")
	w.post(first, "form", w.get(first).formID(t), "act", "cancel").has(t, http.StatusSeeOther)
	w.get(waits).has(t, http.StatusOK, "Hẹn gặp bạn", "data:image/png", "<code>", "event.ics").lacks(t, "danh sách chờ")
}

// Nor has the answer to the form a code while others come first.
func TestRegister_WaitlistReceipt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	w.join(t, e, "9")
	w.now = at(28, 20)
	got := w.post("/e/"+e.ID+"/register", "form", w.get("/e/"+e.ID).formID(t), "party", "2", "email", "an@example.org")
	got.has(t, http.StatusOK, "danh sách chờ", "Có chỗ rồi thì mới có mã").lacks(t, "data:image/png", "<code>", "event.ics")
}

// In the last 24 hours nobody is asked to confirm any more.
func TestRegister_LastDay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	w.now = at(28, 20)
	got := w.post("/e/"+e.ID+"/register", "form", w.get("/e/"+e.ID).formID(t), "party", "1", "email", "an@example.org")
	got.has(t, http.StatusOK, "Hẹn gặp bạn", "gửi thư cho bạn").lacks(t, "/r/")
	if _, err := w.contacts.Ensure(context.Background(), contact.Email, "an@example.org"); err != nil {
		t.Error(err)
	}
}
