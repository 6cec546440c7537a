package resident_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

func TestOwn_ChangeAndCancel(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	own := w.join(t, e, "2")
	form := w.get(own).formID(t)
	got := w.post(own+"?lang=en", "form", form, "act", "change", "party", "4")
	if got.status != http.StatusSeeOther || got.location != own+"?changed=yes&lang=en" {
		t.Fatalf("got %d, %q", got.status, got.location)
	}
	// Sent again, the form changes nothing, even with another number.
	w.post(own, "form", form, "act", "change", "party", "1").has(t, http.StatusSeeOther)
	w.get(own+"?changed=yes&lang=en").has(t, http.StatusOK, "Changed to 4 people.")
	w.get(own+"?lang=en").has(t, http.StatusOK, "4 people").lacks(t, "Changed to")
	w.post(own, "form", w.get(own).formID(t), "act", "change", "party", "11").has(t, http.StatusUnprocessableEntity, `href="#party">“Nhà mình đi mấy người?”: `, "10")
	w.join(t, e, "4")
	w.post(own, "form", w.get(own).formID(t), "act", "change", "party", "9").has(t, http.StatusConflict, "Không còn đủ chỗ")
	w.post(own, "form", w.get(own).formID(t), "act", "cancel").has(t, http.StatusSeeOther)
	w.get(own).has(t, http.StatusOK, "Đăng ký này đã hủy", "Đăng ký lại").lacks(t, "<form", "data:image/png", "event.ics")
	w.post(own, "form", "0123456789abcdef", "act", "change", "party", "1").has(t, http.StatusConflict)
	if got := w.all(t, e); len(got) != 2 {
		t.Errorf("%d registrations", len(got))
	}
}

// The own page says why a registration is one no more; who has another one is not
// asked to sign up again.
func TestOwn_SaysWhyItEnded(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	own := w.join(t, e, "2")
	for reason, says := range map[string]string{
		registration.ReasonSelf: "goes to somebody else", registration.ReasonStaff: "The staff in charge cancelled",
		registration.ReasonLapsed: "not confirmed in time", registration.ReasonMerged: "the other one counts",
		registration.ReasonErased: "What we kept about you was erased",
	} {
		_, err := w.set.Registrations.Update(t.Context(), w.all(t, e)[0].ID, func(r *registration.Registration) error {
			r.State, r.Reason = registration.Cancelled, reason
			return nil
		})
		must(t, err)
		got := w.get(own + "?lang=en")
		got.has(t, http.StatusOK, says)
		if again := strings.Contains(got.body, "Sign up again"); again == (reason == registration.ReasonMerged) {
			t.Errorf("cancelled by %s: the way to sign up again is there: %v", reason, again)
		}
	}
}

func TestOwn_BareSubmitIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	own := w.join(t, w.publish(t, input()), "2")
	form := w.get(own).formID(t)
	before := w.dump(t)
	w.post(own, "form", form, "party", "5").has(t, http.StatusUnprocessableEntity, `href="#act">“Bạn muốn đổi gì?”: `, `id="act-wrong"`, "Xin chọn một mục")
	w.post(own, "form", form, "act", "explode").has(t, http.StatusUnprocessableEntity)
	w.post(own, "act", "cancel").has(t, http.StatusUnprocessableEntity)
	if d := cmp.Diff(before, w.dump(t)); d != "" {
		t.Error(d)
	}
}

func TestOwn_ReadOnly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	own := w.join(t, e, "2")
	form := w.get(own).formID(t)
	w.now = at(29, 9)
	w.get(own).has(t, http.StatusOK, "data:image/png").lacks(t, "<form")
	w.post(own, "form", form, "act", "cancel").has(t, http.StatusConflict)
	w.now = at(29, 9) + 31*24*3600*1000
	w.get(own).has(t, http.StatusNotFound)
}

// Wrong, altered, revoked and expired links, and those of another purpose, all
// have the very same page.
func TestLinks_Alike(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	own := w.join(t, e, "2")
	token := strings.TrimPrefix(own, "/r/")
	r := w.all(t, e)[0]
	want := w.get("/r/AAAAAAAAAAAAAAAAAAAAAA").has(t, http.StatusNotFound, "Đường dẫn này không mở được", "đăng ký lại").body
	if strings.Contains(want, "AAAA") {
		t.Error("the token is on the page")
	}
	bad := []string{
		"/r/x", "/r/" + token + "A", "/c/" + token, "/o/" + token, "/c/%00", "/o/" + strings.Repeat("a", 3000),
		"/r/" + w.keys.Link(secret.LinkOwn, r.ID, 1), "/r/" + w.keys.Link(secret.LinkConfirm, r.ID, 0),
		"/r/" + w.keys.Link(secret.LinkCheckIn, r.ID, 0), "/r/" + token[:21] + "/event.ics",
	}
	for i := range token {
		altered := []byte(token)
		altered[i] ^= 1
		bad = append(bad, "/r/"+string(altered))
	}
	for _, path := range bad {
		if got := w.get(path); got.status != http.StatusNotFound || got.body != want {
			t.Errorf("%s: %d, %s", path, got.status, cmp.Diff(want, got.body))
		}
		if got := w.post(strings.TrimSuffix(path, "/event.ics"), "form", "0123456789abcdef", "act", "cancel", "choice", "no", "stop", "yes"); got.body != want {
			t.Errorf("POST %s: %d", path, got.status)
		}
	}
	if r := w.all(t, e)[0]; r.State != registration.Registered {
		t.Errorf("the registration is %s", r.State)
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	link := w.pending(t, e, "an@example.org")
	page := w.get(link+"?lang=en").has(t, http.StatusOK, "Yes, I am coming", "No, that was not me").lacks(t, "checked", "/r/")
	w.post(link, "form", page.formID(t)).has(t, http.StatusUnprocessableEntity, `href="#choice"`)
	if r := w.all(t, e)[0]; r.State != registration.Pending {
		t.Fatalf("a bare form made it %s", r.State)
	}
	got := w.post(link, "form", page.formID(t), "choice", "yes")
	if got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/r/") {
		t.Fatalf("got %d, %q", got.status, got.location)
	}
	w.get(got.location).has(t, http.StatusOK, "Hẹn gặp bạn")
	if again := w.get(link); again.status != http.StatusSeeOther || again.location != got.location {
		t.Errorf("the link leads to %d, %q", again.status, again.location)
	}
	w.post(link, "form", page.formID(t), "choice", "yes").has(t, http.StatusSeeOther)
	if r := w.all(t, e)[0]; r.State != registration.Registered {
		t.Errorf("the registration is %s", r.State)
	}
}

// Whoever confirmed and waits is not told "see you there" by the mail's link: it
// leads to the page that knows.
func TestConfirm_OfWhoeverWaits(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	w.join(t, e, "9")
	link := w.pending(t, e, "an@example.org")
	own := w.post(link, "form", w.get(link).formID(t), "choice", "yes").has(t, http.StatusSeeOther).location
	again := w.get(link+"?lang=en").has(t, http.StatusSeeOther)
	w.get(again.location).has(t, http.StatusOK, "You are on the waiting list").lacks(t, "See you there")
	if again.location != own+"?lang=en" {
		t.Errorf("the link leads to %q, want the own page", again.location)
	}
}

// Whoever gave the place up and signs up again needs no new mail: the page of the
// mail that they have says that it waits for them, and leads to where they confirm.
func TestOwn_LeadsToConfirmWhatWasTakenUpAgain(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	own := w.withAddress(t, e)
	w.post(own, "form", w.get(own).formID(t), "act", "cancel").has(t, http.StatusSeeOther)
	w.post("/e/"+e.ID+"/register", "form", w.get("/e/"+e.ID).formID(t), "party", "3", "email", "cuc@example.org").
		has(t, http.StatusOK, "đã hủy rồi đăng ký lại")
	page := w.get(own+"?lang=en").has(t, http.StatusOK, "waits for you to confirm it, until Sunday 22 November, 9:00", "Confirm or decline").
		lacks(t, "See you there")
	link := regexp.MustCompile(`href="(/c/[^"?]+)`).FindStringSubmatch(page.body)
	if link == nil {
		t.Fatalf("no way to confirm on %s", page.body)
	}
	got := w.post(link[1], "form", w.get(link[1]).formID(t), "choice", "yes")
	if got.location != own {
		t.Fatalf("got %d, %q", got.status, got.location)
	}
	w.get(own+"?lang=en").has(t, http.StatusOK, "See you there", "3 people").lacks(t, "/c/")
}

func TestConfirm_NotMe(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	link := w.pending(t, e, "an@example.org")
	w.post(link, "form", w.get(link).formID(t), "choice", "no").has(t, http.StatusOK, "Chúng tôi đã bỏ đăng ký này")
	if r := w.all(t, e)[0]; r.State != registration.Cancelled {
		t.Errorf("the registration is %s", r.State)
	}
	w.get(link).has(t, http.StatusNotFound)
	w.get("/e/"+e.ID).has(t, http.StatusOK, "Còn 10 chỗ")
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	own := w.join(t, e, "2")
	for _, path := range []string{"/e/" + e.ID + "/event.ics", own + "/event.ics"} {
		got := w.get(path).has(t, http.StatusOK, "METHOD:PUBLISH", "UID:"+e.ID+"@sunday.example.org",
			"DTSTART;TZID=Asia/Ho_Chi_Minh:20261129T070000", "BEGIN:VTIMEZONE", "TZOFFSETTO:+0700", "URL:"+base+"/e/"+e.ID)
		if ct := got.header.Get("Content-Type"); ct != "text/calendar; charset=utf-8; method=PUBLISH" {
			t.Error(ct)
		}
		got.lacks(t, strings.TrimPrefix(own, "/r/"))
	}
	w.post(own, "form", w.get(own).formID(t), "act", "cancel").has(t, http.StatusSeeOther)
	w.get(own+"/event.ics").has(t, http.StatusOK, "METHOD:CANCEL")
	w.get("/e/"+e.ID+"/event.ics").has(t, http.StatusOK, "METHOD:PUBLISH")
	w.do(t, e, actor.Organizer, event.Cancel)
	w.get("/e/"+e.ID+"/event.ics").has(t, http.StatusOK, "METHOD:CANCEL", "STATUS:CANCELLED")
	w.get("/e/"+e.ID).has(t, http.StatusOK, "đã bị hủy", "Mưa lớn")
}
