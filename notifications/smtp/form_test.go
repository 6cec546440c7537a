package smtp_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
	"github.com/sunday-with-the-people/sunday/notifications/smtp"
)

// TestConn_SendAlike hands over messages on one connection that share their
// words, and some that do not: each says its own.
func TestConn_SendAlike(t *testing.T) {
	t.Parallel()
	catcher := mustCatch(t)
	conn := mustOpen(t, mustChannel(t, smtp.Options{Port: catcher.Port()}))
	words := [][]byte{[]byte("Xin chào, trang riêng của bạn: "), []byte(" \r\nThôi nhận thư: "), []byte("\r\n")}
	page := [][]byte{[]byte(`<p>Xin chào. <a href="`), []byte(`">Trang riêng</a></p>`)}
	others := [][]byte{[]byte("Hoãn: "), []byte("."), []byte("\r\n")}
	tests := []struct {
		name   string
		change func(*notifications.Message)
	}{
		{"first", func(*notifications.Message) {}},
		{"same words", func(*notifications.Message) {}},
		{"long own piece", func(m *notifications.Message) { m.Text[1] = bytes.Repeat([]byte("https://example.org/ủ="), 20) }},
		{"no own piece", func(m *notifications.Message) { m.Text[1] = nil }},
		{"another sender", func(m *notifications.Message) { m.From = "Xã khác <khac@example.org>" }},
		{"another subject", func(m *notifications.Message) { m.Subject = "Hoãn" }},
		{"another day", func(m *notifications.Message) { m.Date += 86_400_000 }},
		{"another language", func(m *notifications.Message) { m.Language = "pl" }},
		{"nobody opts out", func(m *notifications.Message) { m.Unsubscribe = "" }},
		{"other words", func(m *notifications.Message) { m.Text[0], m.Text[2], m.Text[4] = others[0], others[1], others[2] }},
		{"no page", func(m *notifications.Message) { m.HTML = nil }},
		{"another page of the same size", func(m *notifications.Message) { m.HTML[0] = []byte(`<p>Chào bạn. <a href="`) }},
		{"no calendar", func(m *notifications.Message) { m.Calendar = nil }},
		{"page alone", func(m *notifications.Message) { m.Text, m.Calendar = nil, nil }},
		{"as the first", func(*notifications.Message) {}},
	}
	for i, tt := range tests {
		m := message()
		m.To, m.MessageID, m.Boundary = fmt.Sprintf("to%d@example.org", i), fmt.Sprintf("row%d@example.org", i), fmt.Sprintf("b-row%d", i)
		m.Unsubscribe = fmt.Sprintf("https://example.org/u/%d", i)
		own := fmt.Appendf(nil, "https://example.org/r/%d", i)
		m.Text = notifications.Text{words[0], own, words[1], []byte(m.Unsubscribe), words[2]}
		m.HTML = notifications.Text{page[0], own, page[1]}
		tt.change(&m)
		checkOutcome(t, conn.Send(t.Context(), m), accepted)
		mails := catcher.Mails()
		if got := mails[len(mails)-1]; got.Get("Date") != time.UnixMilli(int64(m.Date)).UTC().Format(time.RFC1123Z) {
			t.Errorf("%s: Date is %q", tt.name, got.Get("Date"))
		}
		checkSays(t, tt.name, mails[len(mails)-1], m)
	}
}

func checkSays(tb testing.TB, name string, got mailcatch.Mail, m notifications.Message) {
	tb.Helper()
	type says struct{ To, ID, Subject, Text, HTML, Calendar, Unsubscribe, Language string }
	bracketed := func(s string) string {
		if s == "" {
			return ""
		}
		return "<" + s + ">"
	}
	want := says{m.To, bracketed(m.MessageID), m.Subject, lines(m.Text), lines(m.HTML), string(m.Calendar), bracketed(m.Unsubscribe), m.Language}
	have := says{
		got.To, got.Get("Message-ID"), got.Subject, strings.TrimSuffix(got.Text, "\r\n"), strings.TrimSuffix(got.HTML, "\r\n"), got.Calendar,
		got.Get("List-Unsubscribe"), got.Get("Content-Language"),
	}
	if diff := cmp.Diff(want, have); diff != "" {
		tb.Errorf("%s: mail (-want +got):\n%s\n%s", name, diff, got.Raw)
	}
	for line := range bytes.Lines(got.Raw) {
		if len(line) > 998 {
			tb.Errorf("%s: a line has %d bytes", name, len(line))
		}
	}
}

// lines are a text as a mail has it, but for a line break at the end.
func lines(t notifications.Text) string {
	s := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(t.String())
	return strings.TrimSuffix(strings.ReplaceAll(s, "\n", "\r\n"), "\r\n")
}

// FuzzSay hands over two messages with the same words and other own pieces: what
// comes is what was said, whatever it is.
func FuzzSay(f *testing.F) {
	f.Add("Xin chào ", "https://example.org/r/abc?x=1", " thân.\r\n", "https://example.org/r/d")
	f.Add("", "", "\n", "ủ")
	f.Add(strings.Repeat("a", 75), "b", strings.Repeat("c", 80), strings.Repeat("d=", 70))
	f.Add("a =1A b \t", " ", " \n.", ".")
	catcher, err := mailcatch.Start()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = catcher.Close() })
	channel := mustChannel(f, smtp.Options{Port: catcher.Port()})
	f.Fuzz(func(t *testing.T, before, own, behind, other string) {
		for _, s := range []string{before, own, behind, other} {
			if strings.ContainsAny(s, "\r\x1a\x00") {
				return // a control is refused, and a line break is "\n" or "\r\n" and never parted
			}
		}
		conn := mustOpen(t, channel)
		words := [][]byte{[]byte(before), []byte(behind)}
		for _, piece := range []string{own, other} {
			m := message()
			m.Text = notifications.Text{words[0], []byte(piece), words[1]}
			m.HTML, m.Calendar = notifications.Text{words[1], []byte(piece), words[0], []byte(piece), words[1]}, nil
			checkOutcome(t, conn.Send(t.Context(), m), accepted)
			mails := catcher.Mails()
			checkSays(t, "mail", mails[len(mails)-1], m)
		}
	})
}
