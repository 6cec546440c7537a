package smtp_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"unicode"

	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/smtp"
)

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{
		"a@example.org", "Tên <a@example.org>", `"a b"@example.org`, "a@[127.0.0.1]", "a@example.org\r\nRCPT TO:<b@c>",
		"bình@example.org", "a..b@c", "<a@b>", "a@b, c@d", "=?utf-8?q?=0d=0a?= <a@b>", "a@b (c)",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		address, name, err := smtp.ParseAddress(text)
		if err != nil {
			if text != "" && len(text) > 3 && strings.Contains(err.Error(), text) {
				t.Errorf("the error repeats %q", text)
			}
			return
		}
		bad := func(r rune) bool {
			return unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune(`<>()[]",:;\`, r)
		}
		if strings.ContainsFunc(address, bad) || strings.Count(address, "@") != 1 {
			t.Errorf("ParseAddress(%q) = %q", text, address)
		}
		if strings.ContainsFunc(name, unicode.IsControl) {
			t.Errorf("ParseAddress(%q) has the name %q", text, name)
		}
		if again, _, err := smtp.ParseAddress(address); err != nil || again != address {
			t.Errorf("ParseAddress(%q) = %q, %v", address, again, err)
		}
	})
}

func FuzzMask(f *testing.F) {
	f.Add("550 <an.nguyen@example.org> unknown", "an.nguyen@example.org")
	f.Add("call +84 912 345 678", "x@example.org")
	f.Add("user AN.NGUYEN\r\nis full", "an.nguyen@example.org")
	f.Fuzz(func(t *testing.T, text, to string) {
		got := smtp.Mask(text, to)
		if strings.Contains(got, "@") || strings.ContainsFunc(got, unicode.IsControl) || len(got) > 200 {
			t.Errorf("Mask(%q) = %q", text, got)
		}
		local, _, _ := strings.Cut(to, "@")
		if len(local) >= 3 && !strings.ContainsAny(local, " .[]") && strings.Contains(got, local) {
			t.Errorf("Mask(%q, %q) = %q, which names the recipient", text, to, got)
		}
	})
}

// FuzzReplies lets a server say anything: nothing panics or hangs, and nothing
// is accepted without a reply for each command.
func FuzzReplies(f *testing.F) {
	ehlo := "220 hi\r\n250-hi\r\n250-PIPELINING\r\n250 CHUNKING\r\n"
	f.Add([]byte(ehlo + "250 ok\r\n250 ok\r\n250 ok\r\n"))
	f.Add([]byte(ehlo + "250 ok\r\n550 no\r\n503 no\r\n250 ok\r\n"))
	f.Add([]byte("220 hi\r\n250-hi\r\n250 PIPELINING\r\n250 ok\r\n550 no\r\n354 go\r\n554 no\r\n"))
	f.Add([]byte("220 hi\r\n500 what\r\n250 hi\r\n250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n"))
	f.Add([]byte("220-hi\r\n250-"))
	f.Fuzz(func(t *testing.T, said []byte) {
		conn, err := mustChannel(t, smtp.Options{Port: mustParrot(t, said)}).Open(t.Context())
		if err != nil {
			return
		}
		err = conn.Send(t.Context(), message())
		if cerr := conn.Close(); cerr != nil {
			t.Logf("Close() = %v", cerr)
		}
		if lines := strings.Count(string(said), "\n"); err == nil && lines < 5 {
			t.Errorf("%q was taken for acceptance", said)
		}
		var refusal *notifications.Refusal
		if errors.As(err, &refusal) && strings.Contains(refusal.Text, "@") {
			t.Errorf("refusal text %q has an address", refusal.Text)
		}
	})
}

// mustParrot starts a server for one connection, which says what it has to say
// and hears nothing, and returns its port.
func mustParrot(tb testing.TB, said []byte) int {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_, _ = c.Write(said)
		_ = c.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, c)
	}()
	tb.Cleanup(func() {
		_ = l.Close()
		<-served
	})
	return l.Addr().(*net.TCPAddr).Port
}
