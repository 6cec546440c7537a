package mailcatch_test

import (
	"context"
	"errors"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
)

func mustStart(t *testing.T) *mailcatch.Catcher {
	t.Helper()
	c, err := mailcatch.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

const plain = "Subject: =?utf-8?q?Ch=C3=A0o?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nXin ch\u00e0o\r\n"

func TestCatcher(t *testing.T) {
	t.Parallel()
	c := mustStart(t)
	to := []string{"a@example.org", "b@example.org"}
	if err := smtp.SendMail(c.Addr(), nil, "sunday@example.org", to, []byte(plain)); err != nil {
		t.Fatal(err)
	}
	mails, err := c.Wait(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range mails {
		got = append(got, m.From, m.To, m.Subject, m.Text, m.Fault)
	}
	want := []string{
		"sunday@example.org", "a@example.org", "Chào", "Xin chào\r\n", "",
		"sunday@example.org", "b@example.org", "Chào", "Xin chào\r\n", "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
	if mails[0].Number != 1 || mails[1].Number != 2 || c.Received() != 2 {
		t.Errorf("numbers %d and %d of %d", mails[0].Number, mails[1].Number, c.Received())
	}
}

func TestCatcher_WaitEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := mustStart(t).Wait(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Wait() = %v, want the deadline", err)
	}
}

func TestCatcher_KeepsTheNewest(t *testing.T) {
	t.Parallel()
	c := mustStart(t)
	to := make([]string, 50)
	for i := range to {
		to[i] = "a@example.org"
	}
	for range 90 {
		if err := smtp.SendMail(c.Addr(), nil, "s@example.org", to, []byte(plain)); err != nil {
			t.Fatal(err)
		}
	}
	mails := c.Mails()
	if len(mails) != 2000 || mails[0].Number != 2501 || mails[1999].Number != 4500 {
		t.Errorf("%d mails are kept, from %d", len(mails), mails[0].Number)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(plain))
	f.Add([]byte("Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b--\r\n"))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=\r\n\r\n"))
	f.Add([]byte(strings.Repeat("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 9)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := mailcatch.Parse(raw)
		if !cmp.Equal(m.Raw, raw) {
			t.Errorf("Parse changed the mail")
		}
	})
}
