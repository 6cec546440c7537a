package resident_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/contact"
)

func (w *world) out(tb testing.TB, email string) bool {
	tb.Helper()
	c, err := w.contacts.Ensure(context.Background(), contact.Email, email)
	must(tb, err)
	return c.OptedOut()
}

func TestOptOut(t *testing.T) {
	t.Parallel()
	w := setup(t)
	link := w.optOutLink(t, "an@example.org", false)
	steps := []struct {
		name, field, value string
		status             int
		out                bool
		then               string
	}{
		{"bare", "", "", http.StatusUnprocessableEntity, false, "Đừng gửi nữa"},
		{"keep", "stop", "no", http.StatusOK, false, "Đừng gửi nữa"},
		{"stop", "stop", "yes", http.StatusSeeOther, true, "Gửi tin cho tôi trở lại"},
		{"stop again", "stop", "yes", http.StatusSeeOther, true, "Gửi tin cho tôi trở lại"},
		{"bare when out", "", "", http.StatusUnprocessableEntity, true, "Gửi tin cho tôi trở lại"},
		{"stay out", "start", "no", http.StatusOK, true, "Gửi tin cho tôi trở lại"},
		{"start", "start", "yes", http.StatusSeeOther, false, "Đừng gửi nữa"},
		{"one click", "List-Unsubscribe", "One-Click", http.StatusOK, true, "Gửi tin cho tôi trở lại"},
		{"one click again", "List-Unsubscribe", "One-Click", http.StatusOK, true, "Gửi tin cho tôi trở lại"},
	}
	for _, s := range steps {
		if got := w.post(link, s.field, s.value); got.status != s.status {
			t.Errorf("%s: status %d, want %d", s.name, got.status, s.status)
		}
		if got := w.out(t, "an@example.org"); got != s.out {
			t.Errorf("%s: opted out %v, want %v", s.name, got, s.out)
		}
		w.get(link).has(t, http.StatusOK, s.then).lacks(t, "checked", "an@example.org")
	}
}

// Who has just asked for messages again reads what stopping them would mean, and
// nothing that says that they are stopped.
func TestOptOut_Again(t *testing.T) {
	t.Parallel()
	w := setup(t)
	link := w.optOutLink(t, "an@example.org", true)
	sent := w.post(link, "start", "yes")
	for lang, want := range map[string][2]string{
		"vi": {"Từ nay bạn lại nhận tin.", "Nếu bạn ngừng nhận tin, chúng tôi không gửi gì"},
		"en": {"You get messages again.", "If you stop messages, we send nothing"},
		"pl": {"Wiadomości będą znowu przychodzić.", "Jeśli wstrzymasz wiadomości, nic nie wyślemy"},
	} {
		to := sent.header.Get("Location")
		w.get(to+"&lang="+lang).has(t, http.StatusOK, want[0], want[1])
	}
}

// RFC 8058 allows both encodings of forms.
func TestOptOut_OneClickMultipart(t *testing.T) {
	t.Parallel()
	w := setup(t)
	link := w.optOutLink(t, "an@example.org", false)
	body := "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"
	r := httptest.NewRequest(http.MethodPost, link, strings.NewReader(body))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	w.send(r).has(t, http.StatusOK, "Chúng tôi không gửi tin đến địa chỉ này nữa")
	if !w.out(t, "an@example.org") {
		t.Error("still gets mail")
	}
}
