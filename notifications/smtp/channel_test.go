package smtp_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
	"github.com/sunday-with-the-people/sunday/notifications/smtp"
)

var (
	inOneGo  = []string{"PIPELINING", "CHUNKING", "8BITMIME"}
	inTwo    = []string{"PIPELINING"}
	stepwise = []string{"8BITMIME"}
)

func message() notifications.Message {
	return notifications.Message{
		To: "nguyen.van.an@example.org", Contact: "c1",
		From: "Chủ nhật cùng dân <sunday@example.org>", Subject: "Nhắc lịch: Chủ nhật này",
		Text: notifications.Text{[]byte("Xin chào.\r\n.\r\n"), []byte("Hẹn gặp bạn.\r\n")}, HTML: notifications.TextOf("<p>Xin chào.</p>\n"),
		Calendar: []byte("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"), Method: "REQUEST",
		Language: "vi", Unsubscribe: "https://example.org/u/abc",
		MessageID: "row1@example.org", Date: 1_800_000_000_000, Boundary: "b-row1",
	}
}

func mustChannel(tb testing.TB, opt smtp.Options) *smtp.Channel {
	tb.Helper()
	opt.Host = "127.0.0.1"
	if opt.TLSConfig == nil {
		opt.TLS = smtp.NoTLS
	}
	c, err := smtp.New(opt)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Close() })
	return c
}

func mustOpen(tb testing.TB, c *smtp.Channel) notifications.Conn {
	tb.Helper()
	conn, err := c.Open(tb.Context())
	if err != nil {
		tb.Fatalf("Open() = %v", err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	return conn
}

func mustCatch(tb testing.TB) *mailcatch.Catcher {
	tb.Helper()
	c, err := mailcatch.Start()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Close() })
	return c
}

func TestChannel_Commands(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		extensions []string
		want       []string
	}{
		"one go":   {inOneGo, []string{"EHLO me.example.org", "MAIL FROM:<sunday@example.org> BODY=8BITMIME", "RCPT TO:<nguyen.van.an@example.org>", "BDAT", "QUIT"}},
		"two":      {inTwo, []string{"EHLO me.example.org", "MAIL FROM:<sunday@example.org>", "RCPT TO:<nguyen.van.an@example.org>", "DATA", "QUIT"}},
		"stepwise": {stepwise, []string{"EHLO me.example.org", "MAIL FROM:<sunday@example.org> BODY=8BITMIME", "RCPT TO:<nguyen.van.an@example.org>", "DATA", "QUIT"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := (&hostile{extensions: tt.extensions}).start(t)
			channel := mustChannel(t, smtp.Options{Port: server.port(), EHLO: "me.example.org"})
			conn := mustOpen(t, channel)
			checkOutcome(t, conn.Send(t.Context(), message()), accepted)
			if err := errors.Join(conn.Close(), channel.Close()); err != nil {
				t.Errorf("Close() = %v", err)
			}
			got := server.said()
			for i := range got {
				if strings.HasPrefix(got[i], "BDAT") {
					got[i] = "BDAT"
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("commands (-want +got):\n%s", diff)
			}
		})
	}
}

func TestChannel_Open(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		server *hostile
		opt    smtp.Options
		want   string
	}{
		{"greeted by 421", &hostile{greeting: "421 try later"}, smtp.Options{}, "421 try later"},
		{"greeted by nothing", &hostile{greeting: drop}, smtp.Options{}, "EOF"},
		{"EHLO and HELO refused", &hostile{ehlo: "550 no", extensions: nil}, smtp.Options{}, ""},
		{"AUTH not offered", &hostile{}, smtp.Options{User: "u", Password: "geheim"}, "no sign-in"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.opt.Port = tt.server.start(t).port()
			conn, err := mustChannel(t, tt.opt).Open(t.Context())
			if tt.want == "" {
				if err != nil {
					t.Errorf("Open() = %v, want a connection by HELO", err)
				} else if err := conn.Close(); err != nil {
					t.Errorf("Close() = %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(tt.want)) || strings.Contains(err.Error(), "geheim") {
				t.Errorf("Open() = %v, want an error with %q", err, tt.want)
			}
		})
	}
}

// TestChannel_TLSRequired never goes on in clear.
func TestChannel_TLSRequired(t *testing.T) {
	t.Parallel()
	server := (&hostile{extensions: inOneGo}).start(t)
	c, err := smtp.New(smtp.Options{Host: "127.0.0.1", Port: server.port(), User: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Open(t.Context()); err == nil {
		t.Error("Open() = nil, want an error that TLS is not offered")
	}
	for _, line := range server.said() {
		if strings.HasPrefix(line, "AUTH") || strings.HasPrefix(line, "MAIL") {
			t.Errorf("in clear the server was told %q", line)
		}
	}
}

func TestChannel_Pool(t *testing.T) {
	t.Parallel()
	server := (&hostile{extensions: inOneGo}).start(t)
	channel := mustChannel(t, smtp.Options{Port: server.port(), Connections: 2})
	first, second := mustOpen(t, channel), mustOpen(t, channel)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := channel.Open(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a third Open() = %v, want it to wait", err)
	}
	if err := errors.Join(first.Close(), first.Close(), second.Close()); err != nil {
		t.Errorf("Close() = %v", err)
	}
	third := mustOpen(t, channel)
	checkOutcome(t, third.Send(t.Context(), message()), accepted)
	greetings := 0
	for _, line := range server.said() {
		if strings.HasPrefix(line, "EHLO") {
			greetings++
		}
	}
	if greetings != 2 {
		t.Errorf("%d connections were made, want 2 and one of them used again", greetings)
	}
}

// TestChannel_ServerRestarts has parked connections whose server went away.
func TestChannel_ServerRestarts(t *testing.T) {
	t.Parallel()
	catcher := mustCatch(t)
	channel := mustChannel(t, smtp.Options{Port: catcher.Port()})
	conn := mustOpen(t, channel)
	checkOutcome(t, conn.Send(t.Context(), message()), accepted)
	if err := errors.Join(conn.Close(), catcher.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := channel.Open(t.Context()); err == nil {
		t.Error("Open() = nil while the server is away, want an error")
	}
	again, err := mailcatch.StartAt(catcher.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	checkOutcome(t, mustOpen(t, channel).Send(t.Context(), message()), accepted)
}

func TestChannel_Rate(t *testing.T) {
	t.Parallel()
	catcher := mustCatch(t)
	conn := mustOpen(t, mustChannel(t, smtp.Options{Port: catcher.Port(), Rate: 50}))
	began := time.Now()
	for range 10 {
		checkOutcome(t, conn.Send(t.Context(), message()), accepted)
	}
	if took := time.Since(began); took < 180*time.Millisecond {
		t.Errorf("10 messages at 50 a second took %v", took)
	}
}

func TestNew_Faults(t *testing.T) {
	t.Parallel()
	_, err := smtp.New(smtp.Options{Port: 70000, Rate: -1, EHLO: "a b"})
	for _, want := range []string{"no host", "port 70000", "negative", "EHLO"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New() = %v, want it to name %q", err, want)
		}
	}
}

func TestChannel_Name(t *testing.T) {
	t.Parallel()
	if got := mustChannel(t, smtp.Options{Port: 25}).Name(); got != "smtp" {
		t.Errorf("Name() = %q", got)
	}
}
