package app

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"html"
	"net"
	"strings"
	"syscall"

	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/text"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/smtp"
)

// mail connects to the mail server as the worker does: TLS and sign-in
// included. It sends only where an address is named.
func (d doctor) mail(ctx context.Context) []Finding {
	c := d.Config.SMTP
	if c.Host == "" {
		return one(checkMail, Bad, d.T("doctor.mail.none"), d.T("doctor.mail.none.do"))
	}
	opt := smtpOptions(c)
	opt.TLSConfig = d.TLS
	channel, err := smtp.New(opt)
	if err != nil {
		return one(checkMail, Bad, d.T("doctor.mail.unusable"), d.T("doctor.mail.unusable.do"))
	}
	defer channel.Close()
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	conn, err := channel.Open(ctx)
	if err != nil {
		says, do := d.unreached(err, c)
		return one(checkMail, Bad, d.T("doctor.mail.fails", "server", c.Addr(), "why", says), do)
	}
	defer conn.Close()
	found := one(checkMail, Fine, d.answers(c), "")
	if c.TLS == config.TLSNone {
		found[0].Verdict, found[0].Do = Look, d.T("doctor.mail.tls.none.do")
	}
	if d.TestMail == "" {
		return found
	}
	return append(found, d.testMail(ctx, conn)...)
}

// unreached says in words why no connection came to be, and what to do.
func (d doctor) unreached(err error, c config.SMTP) (says, do string) {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return d.T("doctor.mail.dns"), d.T("doctor.mail.dns.do")
	case errors.Is(err, syscall.ECONNREFUSED):
		return d.T("doctor.mail.deaf"), d.T("doctor.mail.deaf.do")
	case errors.As(err, &name):
		return d.T("doctor.mail.name"), d.T("doctor.mail.name.do")
	case errors.As(err, &invalid):
		return d.T("doctor.mail.invalid"), d.T("doctor.mail.invalid.do")
	case errors.As(err, &unknown):
		return d.T("doctor.mail.authority"), d.T("doctor.mail.authority.do")
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return d.T("doctor.mail.late"), d.T("doctor.mail.late.do")
	case c.User != "":
		return text.Mask(err.Error()), d.T("doctor.mail.user.do")
	}
	return text.Mask(err.Error()), d.T("doctor.mail.other.do")
}

// answers says how the mail server is spoken to.
func (d doctor) answers(c config.SMTP) string {
	how := d.T(map[config.TLSMode]string{
		config.TLSNone: "doctor.mail.tls.none", config.TLSImplicit: "doctor.mail.tls.implicit", config.TLSRequired: "doctor.mail.tls.required",
	}[c.TLS])
	if c.User != "" {
		return d.T("doctor.mail.fine.signed", "server", c.Addr(), "how", how)
	}
	return d.T("doctor.mail.fine.unsigned", "server", c.Addr(), "how", how)
}

func (d doctor) testMail(ctx context.Context, conn notifications.Conn) []Finding {
	now := d.Now()
	_, domain, _ := strings.Cut(d.Config.MailFrom.Address, "@")
	words := d.T("doctor.test.text")
	err := conn.Send(ctx, notifications.Message{
		To: d.TestMail, From: d.Config.MailFrom.String(), Subject: d.T("doctor.test.subject"), Text: notifications.TextOf(words), HTML: notifications.TextOf("<p>" + html.EscapeString(words) + "</p>"),
		Language: d.texts.Lang(), MessageID: fmt.Sprintf("doctor-%d@%s", now.UnixNano(), domain), Date: notifications.Millis(now.UnixMilli()), Boundary: fmt.Sprintf("doctor%d", now.UnixNano()),
	})
	if err != nil {
		return one(checkTestMail, Bad, d.T("doctor.test.refused", "why", text.Mask(err.Error())), d.T("doctor.test.refused.do", "domain", domain))
	}
	return one(checkTestMail, Fine, d.T("doctor.test.taken"), d.T("doctor.test.taken.do"))
}
