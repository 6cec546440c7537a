package smtp_test

import (
	"strings"
	"testing"

	"github.com/go-mail/mail/v2"

	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/smtp"
)

var page = "<p>" + strings.Repeat("Xin chào, hẹn gặp bạn. ", 60) + "</p>"

// BenchmarkHandOver is one connection of this package.
func BenchmarkHandOver(b *testing.B) {
	conn := mustOpen(b, mustChannel(b, smtp.Options{Port: mustSink(b)}))
	m := message()
	m.HTML, m.Calendar = notifications.TextOf(page), nil
	b.ResetTimer()
	for b.Loop() {
		if err := conn.Send(b.Context(), m); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBareLoop is go-mail's own client with the same message.
func BenchmarkBareLoop(b *testing.B) {
	dialer := mail.NewDialer("127.0.0.1", mustSink(b), "", "")
	dialer.StartTLSPolicy = mail.NoStartTLS
	client, err := dialer.Dial()
	if err != nil {
		b.Fatal(err)
	}
	m := message()
	b.ResetTimer()
	for b.Loop() {
		msg := mail.NewMessage()
		msg.SetHeader("From", "sunday@example.org")
		msg.SetHeader("To", m.To)
		msg.SetHeader("Subject", m.Subject)
		msg.SetBody("text/plain", m.Text.String())
		msg.AddAlternative("text/html", page)
		if err := mail.Send(client, msg); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	if err := client.Close(); err != nil {
		b.Fatal(err)
	}
}
