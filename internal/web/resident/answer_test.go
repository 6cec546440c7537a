package resident_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// buttons are the words of the page's buttons that send the name and value.
func (a answer) buttons(tb testing.TB, name string) (values []string) {
	tb.Helper()
	for _, n := range a.nodes(tb) {
		if n.Data == "button" && attr(n, "name") == name {
			values = append(values, attr(n, "value")+" "+attr(n, "class"))
		}
	}
	return values
}

// remind has a reminder handed over to everybody who is registered.
func (w *world) remind(tb testing.TB, e event.Event) {
	tb.Helper()
	for _, r := range w.all(tb, e) {
		row := notifications.Row{
			Part: e.Part, Key: notifications.Key{Rule: "rule", Occurrence: e.ID, Recipient: outreach.RecipientOf(r.Resident)},
			State: notifications.Sent, Wish: notifications.Millis(r.CreatedAt) + 1, Told: notifications.Told{Seat: outreach.SeatRegistered},
		}
		row.ID = row.Key.ID()
		_, err := w.set.Ledger.Insert(tb.Context(), []notifications.Row{row})
		must(tb, err)
	}
}

// Whoever registered has said that they come. The page says so and offers to
// change and to cancel; it asks when it was moved, in each language.
func TestOwn_RegisteringIsAnAnswer(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	own := w.join(t, e, "2")
	for lang, words := range map[string][]string{
		"vi": {"Hẹn gặp bạn", "Bạn có đến không?"}, "en": {"See you there", "Are you coming?"}, "pl": {"Do zobaczenia", "Czy przyjdziesz?"},
	} {
		page := w.get(own+"?lang="+lang).has(t, http.StatusOK, words[0], `value="change"`, `value="cancel"`).lacks(t, words[1])
		checkPage(t, "own, registered "+lang, page, lang)
	}
	_, err := w.set.Events.Update(t.Context(), e.ID, func(e *event.Event) error {
		e.StartAt, e.Revision = e.StartAt.Add(time.Hour), e.Revision+1
		return nil
	})
	must(t, err)
	for lang, question := range map[string]string{"vi": "Bạn có đến không?", "en": "Are you coming?", "pl": "Czy przyjdziesz?"} {
		w.get(own+"?lang="+lang).has(t, http.StatusOK, question)
	}
}

// Where a reminder was sent, the page asks plainly, with two equal buttons, in each language; a GET says
// nothing, however often, and a form without a choice is refused.
func TestOwn_AreYouComing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	own := w.join(t, e, "2")
	w.remind(t, e)
	before := w.dump(t)
	for lang, question := range map[string]string{"vi": "Bạn có đến không?", "en": "Are you coming?", "pl": "Czy przyjdziesz?"} {
		page := w.get(own+"?lang="+lang).has(t, http.StatusOK, question)
		if d := cmp.Diff([]string{"coming second", "cannot second"}, page.buttons(t, "act")); d != "" {
			t.Errorf("%s: %s", lang, d)
		}
		checkPage(t, "own "+lang, page, lang)
	}
	w.get(own+"?act=coming&form=0123456789abcdef").has(t, http.StatusOK)
	w.get(own+"?act=cannot&form=0123456789abcdef").has(t, http.StatusOK)
	w.post(own, "form", w.get(own).formID(t)).has(t, http.StatusUnprocessableEntity, "Xin chọn một mục")
	w.post(own, "act", "coming").has(t, http.StatusUnprocessableEntity)
	if d := cmp.Diff(before, w.dump(t)); d != "" {
		t.Fatal(d)
	}
	form := w.get(own).formID(t)
	w.post(own, "form", form, "act", "coming").has(t, http.StatusSeeOther)
	w.get(own+"?lang=en").has(t, http.StatusOK, "You told us that you are coming", "data:image/png").lacks(t, "Are you coming?")
	w.post(own, "form", form, "act", "coming").has(t, http.StatusSeeOther)
	w.post(own, "form", form, "act", "cannot").has(t, http.StatusSeeOther) // back, and the other button
	if r := w.all(t, e)[0]; r.State != registration.Cancelled || r.Answer != registration.NotAnswered {
		t.Errorf("%s, %q", r.State, r.Answer)
	}
	w.get("/e/"+e.ID).has(t, http.StatusOK, "Còn 10 chỗ")
}

// An offer says until when, and is taken or declined by a button.
func TestOwn_Offer(t *testing.T) {
	t.Parallel()
	for _, act := range []string{"coming", "cannot"} {
		w := setup(t)
		e := w.publish(t, input())
		holder, waiting := w.join(t, e, "10"), w.join(t, e, "2")
		w.get(waiting+"?lang=en").lacks(t, "Are you coming?")
		w.now = at(26, 22)
		w.post(holder, "form", w.get(holder).formID(t), "act", "cannot").has(t, http.StatusSeeOther)
		for lang, words := range map[string]string{
			"vi": "Có chỗ cho bạn đến 11 giờ", "en": "A place is free for you until 11:00, Friday 27 November", "pl": "Wolne miejsce dla Ciebie do 11:00",
		} {
			page := w.get(waiting+"?lang="+lang).has(t, http.StatusOK, words)
			page.lacks(t, "data:image/png", `type="radio"`, "event.ics", "đã qua", "It is over", "po spotkaniu")
			checkPage(t, "offer "+lang, page, lang)
		}
		w.post(waiting, "form", w.get(waiting).formID(t)).has(t, http.StatusUnprocessableEntity, `href="#act"`)
		w.post(waiting, "form", w.get(waiting).formID(t), "act", act).has(t, http.StatusSeeOther)
		want := map[string]registration.State{"coming": registration.Registered, "cannot": registration.Cancelled}[act]
		for _, r := range w.all(t, e) {
			if r.Party == 2 && r.State != want {
				t.Errorf("after %s: %s", act, r.State)
			}
		}
	}
}

func TestOwn_OfferIsOver(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	holder, waiting := w.join(t, e, "10"), w.join(t, e, "2")
	w.now = at(28, 20)
	w.post(holder, "form", w.get(holder).formID(t), "act", "cannot").has(t, http.StatusSeeOther)
	form := w.get(waiting+"?lang=en").has(t, http.StatusOK, "until 22:00").formID(t)
	w.now = at(28, 22)
	w.post(waiting+"?lang=en", "form", form, "act", "coming").has(t, http.StatusConflict, "no longer free for you", "You are on the waiting list").lacks(t, "until 22:00")
	w.get(waiting+"?lang=en").has(t, http.StatusOK, "You are on the waiting list")
}
