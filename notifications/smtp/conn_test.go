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

// what is wanted of one hand-over.
type want struct {
	unknown bool
	refusal *notifications.Refusal
	usable  bool
}

var (
	accepted = want{usable: true}
	unknown  = want{unknown: true}
)

func refused(usable bool, r notifications.Refusal) want { return want{refusal: &r, usable: usable} }

var lost = notifications.Refusal{Temporary: true, NoTry: true}

func TestConn_Send(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		extensions []string
		server     *hostile
		want       want
	}{
		{"taken in one go", inOneGo, &hostile{}, accepted},
		{"taken in two", inTwo, &hostile{}, accepted},
		{"taken step by step", stepwise, &hostile{}, accepted},

		{"one go, recipient unknown", inOneGo, &hostile{rcpt: "550 5.1.1 no such user", end: "503 no recipients"},
			refused(true, notifications.Refusal{Recipient: true, Code: 550, Text: "5.1.1 no such user"})},
		{"two, recipient unknown, DATA refused", inTwo, &hostile{rcpt: "550 no", data: "554 no valid recipients"},
			refused(true, notifications.Refusal{Recipient: true, Code: 550, Text: "no"})},
		{"two, recipient unknown, DATA taken", inTwo, &hostile{rcpt: "550 no", end: "554 no valid recipients"},
			refused(true, notifications.Refusal{Recipient: true, Code: 550, Text: "no"})},
		{"stepwise, recipient unknown", stepwise, &hostile{rcpt: "550 no"},
			refused(true, notifications.Refusal{Recipient: true, Code: 550, Text: "no"})},
		{"relaying refused, as Exim says it", inOneGo, &hostile{rcpt: "550 relay not permitted", end: "503 no"},
			refused(true, notifications.Refusal{Temporary: true, Code: 550, Text: "relay not permitted"})},
		{"relaying refused, as Postfix says it", inOneGo, &hostile{rcpt: "554 5.7.1 Relay access denied", end: "503 no"},
			refused(true, notifications.Refusal{Temporary: true, Code: 554, Text: "5.7.1 Relay access denied"})},
		{"relaying refused, as qmail says it", inOneGo, &hostile{rcpt: "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", end: "503 no"},
			refused(true, notifications.Refusal{Temporary: true, Code: 553, Text: "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"})},
		{"sign-in asked for at the recipient", inOneGo, &hostile{rcpt: "550 5.7.1 Client was not authenticated", end: "503 no"},
			refused(true, notifications.Refusal{Temporary: true, Code: 550, Text: "5.7.1 Client was not authenticated"})},
		{"our host is on a list", inOneGo, &hostile{rcpt: "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example.org", end: "503 no"},
			refused(true, notifications.Refusal{Temporary: true, Code: 554, Text: "5.7.1 Service unavailable; Client host [[...]] blocked using zen.example.org"})},
		{"our host is on a list, without a status", inOneGo, &hostile{rcpt: "550 Blacklisted", end: "503 no"},
			refused(true, notifications.Refusal{Temporary: true, Code: 550, Text: "Blacklisted"})},
		{"recipient unknown to a relay", inOneGo, &hostile{rcpt: "550 5.1.1 User unknown in relay recipient table", end: "503 no"},
			refused(true, notifications.Refusal{Recipient: true, Code: 550, Text: "5.1.1 User unknown in relay recipient table"})},
		{"recipient refused by policy", inOneGo, &hostile{rcpt: "550 5.7.1 blocked", end: "503 no"},
			refused(true, notifications.Refusal{Code: 550, Text: "5.7.1 blocked"})},
		{"recipient's mailbox full", inOneGo, &hostile{rcpt: "552 5.2.2 full", end: "503 no"},
			refused(true, notifications.Refusal{Temporary: true, Code: 552, Text: "5.2.2 full"})},

		{"one go, greylisted", inOneGo, &hostile{rcpt: "451 later", end: "503 no"},
			refused(true, notifications.Refusal{Temporary: true, Code: 451, Text: "later"})},
		{"two, greylisted", inTwo, &hostile{rcpt: "451 later"},
			refused(true, notifications.Refusal{Temporary: true, Code: 451, Text: "later"})},
		{"stepwise, greylisted", stepwise, &hostile{rcpt: "451 later"},
			refused(true, notifications.Refusal{Temporary: true, Code: 451, Text: "later"})},

		{"sender refused", inOneGo, &hostile{mail: "550 not you", rcpt: "503 no", end: "503 no"},
			refused(true, notifications.Refusal{Temporary: true, Code: 550, Text: "not you"})},
		{"sign-in wanted", stepwise, &hostile{mail: "530 sign in"},
			refused(true, notifications.Refusal{Temporary: true, Code: 530, Text: "sign in"})},

		{"one go, content refused", inOneGo, &hostile{end: "554 spam"},
			refused(true, notifications.Refusal{Code: 554, Text: "spam"})},
		{"two, content refused", inTwo, &hostile{end: "554 spam"},
			refused(true, notifications.Refusal{Code: 554, Text: "spam"})},
		{"content refused for now", inTwo, &hostile{end: "452 disk full"},
			refused(true, notifications.Refusal{Temporary: true, Code: 452, Text: "disk full"})},
		{"two, DATA refused", inTwo, &hostile{data: "451 busy"},
			refused(true, notifications.Refusal{Temporary: true, Code: 451, Text: "busy"})},

		{"one go, 421 to MAIL", inOneGo, &hostile{mail: "421 closing"},
			refused(false, notifications.Refusal{Temporary: true, NoTry: true, Code: 421, Text: "closing"})},
		{"one go, 421 to RCPT", inOneGo, &hostile{rcpt: "421 closing"},
			refused(false, notifications.Refusal{Temporary: true, NoTry: true, Code: 421, Text: "closing"})},
		{"two, 421 to DATA", inTwo, &hostile{data: "421 closing"},
			refused(false, notifications.Refusal{Temporary: true, NoTry: true, Code: 421, Text: "closing"})},
		{"421 to the content", inOneGo, &hostile{end: "421 closing"},
			refused(false, notifications.Refusal{Temporary: true, NoTry: true, Code: 421, Text: "closing"})},

		{"two, dropped at MAIL", inTwo, &hostile{mail: drop}, refused(false, lost)},
		{"two, dropped at RCPT", inTwo, &hostile{rcpt: drop}, refused(false, lost)},
		{"two, dropped at DATA", inTwo, &hostile{data: drop}, refused(false, lost)},
		{"stepwise, dropped at MAIL", stepwise, &hostile{mail: drop}, refused(false, lost)},
		{"stepwise, dropped at DATA", stepwise, &hostile{data: drop}, refused(false, lost)},
		{"refused, then dropped", inTwo, &hostile{rcpt: "550 no", data: drop},
			refused(false, notifications.Refusal{Recipient: true, Code: 550, Text: "no"})},
		{"one go, refused, then dropped", inOneGo, &hostile{rcpt: "550 no", end: drop},
			refused(false, notifications.Refusal{Recipient: true, Code: 550, Text: "no"})},

		{"one go, dropped before any reply", inOneGo, &hostile{mail: drop}, unknown},
		{"one go, dropped after the last byte", inOneGo, &hostile{end: drop}, unknown},
		{"two, dropped after the dot", inTwo, &hostile{end: drop}, unknown},
		{"stepwise, dropped after the dot", stepwise, &hostile{end: drop}, unknown},
		{"one go, silent at the end", inOneGo, &hostile{end: hang}, unknown},
		{"two, silent at the end", inTwo, &hostile{end: hang}, unknown},
		{"nonsense at the end", inTwo, &hostile{end: "what?"}, unknown},
		{"a code of no meaning at the end", inTwo, &hostile{end: "354 more"}, unknown},

		{"two, silent at DATA", inTwo, &hostile{data: hang}, refused(false, lost)},
		{"nonsense at RCPT", inTwo, &hostile{rcpt: "what?"}, refused(false, lost)},
		{"taken with many lines", inOneGo, &hostile{end: "250-one\r\n250-two\r\n250 three"}, accepted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.server.extensions = tt.extensions
			server := tt.server.start(t)
			conn := mustOpen(t, mustChannel(t, smtp.Options{Port: server.port()}))
			ctx := t.Context()
			if tt.server.data == hang || tt.server.end == hang {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, 50*time.Millisecond)
				defer cancel()
			}
			err := conn.Send(ctx, message())
			checkOutcome(t, err, tt.want)
			if got := conn.Usable(); got != tt.want.usable {
				t.Errorf("Usable() = %v, want %v", got, tt.want.usable)
			}
		})
	}
}

func checkOutcome(t *testing.T, err error, want want) {
	t.Helper()
	var refusal *notifications.Refusal
	switch {
	case want.unknown:
		if err == nil || errors.As(err, &refusal) {
			t.Errorf("Send() = %#v, want an error that is no refusal", err)
		}
	case want.refusal == nil:
		if err != nil {
			t.Errorf("Send() = %#v, want it accepted", err)
		}
	default:
		if !errors.As(err, &refusal) {
			t.Fatalf("Send() = %#v, want a refusal", err)
		}
		got := *refusal
		if want.refusal.Text == "" {
			got.Text = ""
		}
		if diff := cmp.Diff(*want.refusal, got); diff != "" {
			t.Errorf("refusal (-want +got):\n%s", diff)
		}
	}
}

// TestConn_SendCutInTheMiddle has a message that no buffer holds, and a server
// that ends the connection before its last byte.
func TestConn_SendCutInTheMiddle(t *testing.T) {
	t.Parallel()
	for name, extensions := range map[string][]string{"BDAT": inOneGo, "DATA": inTwo} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := (&hostile{extensions: extensions, beforeContent: reset}).start(t)
			conn := mustOpen(t, mustChannel(t, smtp.Options{Port: server.port()}))
			m := message()
			m.Text = notifications.TextOf(strings.Repeat("Một dòng dài. ", 1<<19)) // more than any buffer on the way holds
			checkOutcome(t, conn.Send(t.Context(), m), refused(false, lost))
		})
	}
}

// TestConn_SendAgain sends after a refusal on the same connection: the next
// message gets its own replies.
func TestConn_SendAgain(t *testing.T) {
	t.Parallel()
	for name, extensions := range map[string][]string{"one go": inOneGo, "two": inTwo, "stepwise": stepwise} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := (&hostile{extensions: extensions, rcpt: "550 no"}).start(t)
			conn := mustOpen(t, mustChannel(t, smtp.Options{Port: server.port()}))
			for range 3 {
				checkOutcome(t, conn.Send(t.Context(), message()), refused(true, notifications.Refusal{Recipient: true, Code: 550}))
			}
			resets := 0
			for _, c := range server.said() {
				if c == "RSET" {
					resets++
				}
			}
			if resets != 3 {
				t.Errorf("%d RSET were sent, want 3: %v", resets, server.said())
			}
			if name == "two" && !cmp.Equal(server.contents, []string{"", "", ""}) {
				t.Errorf("contents = %q, want three lone dots", server.contents)
			}
		})
	}
}

// TestConn_SendOutOfStep has a server that says more than it was asked.
func TestConn_SendOutOfStep(t *testing.T) {
	t.Parallel()
	server := (&hostile{extensions: inOneGo, end: "250 taken\r\n250 and the next one too"}).start(t)
	conn := mustOpen(t, mustChannel(t, smtp.Options{Port: server.port()}))
	checkOutcome(t, conn.Send(t.Context(), message()), accepted)
	checkOutcome(t, conn.Send(t.Context(), message()), refused(false, lost))
}

func TestConn_SendMasksAnswers(t *testing.T) {
	t.Parallel()
	server := (&hostile{extensions: inOneGo, rcpt: "550 <Nguyen.Van.An@example.org> user NGUYEN.VAN.AN unknown, call +84 912 345 678"}).start(t)
	conn := mustOpen(t, mustChannel(t, smtp.Options{Port: server.port()}))
	checkOutcome(t, conn.Send(t.Context(), message()),
		refused(true, notifications.Refusal{Recipient: true, Code: 550, Text: "[...] user [...] unknown, call [...]"}))
}

func TestConn_SendBadMessage(t *testing.T) {
	t.Parallel()
	malformed := notifications.Refusal{}
	unreachable := notifications.Refusal{Recipient: true}
	tests := []struct {
		name   string
		change func(*notifications.Message)
		want   notifications.Refusal
	}{
		{"injected recipient", func(m *notifications.Message) { m.To = "a@example.org>\r\nRCPT TO:<b@example.org" }, unreachable},
		{"quoted recipient", func(m *notifications.Message) { m.To = `"a b"@example.org` }, unreachable},
		{"no recipient", func(m *notifications.Message) { m.To = "" }, unreachable},
		{"wide recipient, narrow server", func(m *notifications.Message) { m.To = "bình@example.org" }, unreachable},
		{"injected sender", func(m *notifications.Message) { m.From = "a@example.org\nBcc: b@example.org" }, malformed},
		{"injected id", func(m *notifications.Message) { m.MessageID = "a@b>\r\nBcc: <c@d" }, malformed},
		{"injected boundary", func(m *notifications.Message) { m.Boundary = "b\r\nX: y" }, malformed},
		{"no boundary", func(m *notifications.Message) { m.Boundary = "" }, malformed},
		{"injected method", func(m *notifications.Message) { m.Method = "REQUEST\r\nX: y" }, malformed},
		{"injected language", func(m *notifications.Message) { m.Language = "vi\nX: y" }, malformed},
		{"injected unsubscribe", func(m *notifications.Message) { m.Unsubscribe = "https://example.org/\r\nX: y" }, malformed},
		{"long unsubscribe", func(m *notifications.Message) { m.Unsubscribe += strings.Repeat("a", 1000) }, malformed},
		{"unsubscribe by script", func(m *notifications.Message) { m.Unsubscribe = "javascript:alert(1)" }, malformed},
		{"no text", func(m *notifications.Message) { m.Text = nil }, malformed},
		{"text with a control", func(m *notifications.Message) { m.Text = notifications.TextOf("a\x1ab") }, malformed},
		{"no date", func(m *notifications.Message) { m.Date = 0 }, malformed},
	}
	server := (&hostile{extensions: inOneGo}).start(t)
	channel := mustChannel(t, smtp.Options{Port: server.port(), Connections: len(tests)})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			conn := mustOpen(t, channel)
			m := message()
			tt.change(&m)
			checkOutcome(t, conn.Send(t.Context(), m), refused(true, tt.want))
			for _, c := range server.said() {
				if strings.HasPrefix(c, "MAIL") {
					t.Errorf("the server was told of it: %v", server.said())
				}
			}
		})
	}
}

func TestConn_SendSubjectCannotInject(t *testing.T) {
	t.Parallel()
	catcher := mustCatch(t)
	conn := mustOpen(t, mustChannel(t, smtp.Options{Port: catcher.Port()}))
	m := message()
	m.Subject = "a\r\nBcc: evil@example.org\r\n\r\nbody"
	checkOutcome(t, conn.Send(t.Context(), m), accepted)
	got := catcher.Mails()[0]
	if got.Get("Bcc") != "" || got.Text != message().Text.String() {
		t.Errorf("the subject broke out: %q", got.Raw)
	}
}

func TestConn_SendWideAddress(t *testing.T) {
	t.Parallel()
	catcher := mustCatch(t)
	conn := mustOpen(t, mustChannel(t, smtp.Options{Port: catcher.Port()}))
	m := message()
	m.To = "bình@example.org"
	checkOutcome(t, conn.Send(t.Context(), m), accepted)
	if got := catcher.Mails()[0].To; got != m.To {
		t.Errorf("recipient = %q, want %q", got, m.To)
	}
}

// TestConn_SendGolden compares a received mail, parsed, with what was asked for.
func TestConn_SendGolden(t *testing.T) {
	t.Parallel()
	catcher := mustCatch(t)
	conn := mustOpen(t, mustChannel(t, smtp.Options{Port: catcher.Port()}))
	m := message()
	checkOutcome(t, conn.Send(t.Context(), m), accepted)
	mails, err := catcher.Wait(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	got := mails[0]
	got.Raw = nil
	want := mailcatch.Mail{
		Number: 1, From: "sunday@example.org", To: "nguyen.van.an@example.org",
		Subject: "Nhắc lịch: Chủ nhật này", Text: m.Text.String(), HTML: "<p>Xin chào.</p>\r\n",
		Calendar: string(m.Calendar), Method: "REQUEST",
		Header: map[string][]string{
			"Auto-Submitted":        {"auto-generated"},
			"Content-Language":      {"vi"},
			"Content-Type":          {"multipart/alternative; boundary=b-row1"},
			"Date":                  {"Fri, 15 Jan 2027 08:00:00 +0000"},
			"From":                  {"Chủ nhật cùng dân <sunday@example.org>"},
			"List-Unsubscribe":      {"<https://example.org/u/abc>"},
			"List-Unsubscribe-Post": {"List-Unsubscribe=One-Click"},
			"Message-Id":            {"<row1@example.org>"},
			"Mime-Version":          {"1.0"},
			"Subject":               {"Nhắc lịch: Chủ nhật này"},
			"To":                    {"nguyen.van.an@example.org"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mail (-want +got):\n%s", diff)
	}
}
