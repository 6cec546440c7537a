package app

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
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
	const check = "mail server"
	c := d.Config.SMTP
	if c.Host == "" {
		return one(check, Bad, "there is none: no mail goes out", "set SUNDAY_SMTP_URL and SUNDAY_MAIL_FROM")
	}
	opt := smtpOptions(c)
	opt.TLSConfig = d.TLS
	channel, err := smtp.New(opt)
	if err != nil {
		return one(check, Bad, "cannot be used as it is set", "see SUNDAY_SMTP_URL in docs/configuration.md")
	}
	defer channel.Close()
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	conn, err := channel.Open(ctx)
	if err != nil {
		says, do := unreached(err, c)
		return one(check, Bad, c.Addr()+": "+says, do)
	}
	defer conn.Close()
	found := one(check, Fine, c.Addr()+" answers, "+protection(c), "")
	if c.TLS == config.TLSNone {
		found[0].Verdict, found[0].Do = Look, "that is for a server on this machine only, which then sends on with TLS"
	}
	if d.TestMail == "" {
		return found
	}
	return append(found, d.testMail(ctx, conn)...)
}

// unreached says in words why no connection came to be, and what to do.
func unreached(err error, c config.SMTP) (says, do string) {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return "its name cannot be looked up", "see that SUNDAY_SMTP_URL has the right name, and that this machine can ask DNS"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there", "see that the mail server runs and that SUNDAY_SMTP_URL has its port, 587 or 465 mostly"
	case errors.As(err, &name):
		return "its certificate is for another name", "name the server in SUNDAY_SMTP_URL as its certificate does"
	case errors.As(err, &invalid):
		return "its certificate is not valid", "renew it there, or put this machine's clock right"
	case errors.As(err, &unknown):
		return "its certificate was made by nobody whom this machine knows", "let the mail server use a certificate of a known authority, or make its authority known to this machine"
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "does not answer in time", "see that no firewall is between, and that SUNDAY_SMTP_URL has the right port"
	case c.User != "":
		return text.Mask(err.Error()), "see what SUNDAY_SMTP_URL says of user, password and TLS, and the log of the mail server"
	}
	return text.Mask(err.Error()), "see what SUNDAY_SMTP_URL says of TLS, and the log of the mail server"
}

func protection(c config.SMTP) string {
	words := map[config.TLSMode]string{
		config.TLSNone: "without TLS", config.TLSImplicit: "with TLS from the start", config.TLSRequired: "with STARTTLS",
	}[c.TLS]
	if c.User != "" {
		return words + ", and takes the sign-in"
	}
	return words + ", without a sign-in"
}

func (d doctor) testMail(ctx context.Context, conn notifications.Conn) []Finding {
	now := d.Now()
	_, domain, _ := strings.Cut(d.Config.MailFrom.Address, "@")
	const words = "This is the test mail of 'sunday doctor'. If you read it, mails leave this server. Look whether it came into the inbox, and whether its headers say that SPF, DKIM and DMARC passed."
	err := conn.Send(ctx, notifications.Message{
		To: d.TestMail, From: d.Config.MailFrom.String(), Subject: "Test mail of Sunday", Text: notifications.TextOf(words), HTML: notifications.TextOf("<p>" + strings.ReplaceAll(words, "'", "&#39;") + "</p>"),
		Language: "en", MessageID: fmt.Sprintf("doctor-%d@%s", now.UnixNano(), domain), Date: notifications.Millis(now.UnixMilli()), Boundary: fmt.Sprintf("doctor%d", now.UnixNano()),
	})
	if err != nil {
		return one("test mail", Bad, "was refused: "+text.Mask(err.Error()), "ask who runs the mail server whether it takes mails from "+domain)
	}
	return one("test mail", Fine, "was taken by the server", "look into the mailbox, and at the headers, whether SPF, DKIM and DMARC passed")
}
