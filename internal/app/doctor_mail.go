package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

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
		return one(check, Bad, c.Addr()+": "+text.Mask(err.Error()), "see that the server is reached from here, that its certificate is for this name and known, and that user and password are right")
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
		To: d.TestMail, From: d.Config.MailFrom.String(), Subject: "Test mail of Sunday", Text: words, HTML: "<p>" + strings.ReplaceAll(words, "'", "&#39;") + "</p>",
		Language: "en", MessageID: fmt.Sprintf("doctor-%d@%s", now.UnixNano(), domain), Date: notifications.Millis(now.UnixMilli()), Boundary: fmt.Sprintf("doctor%d", now.UnixNano()),
	})
	if err != nil {
		return one("test mail", Bad, "was refused: "+text.Mask(err.Error()), "ask who runs the mail server whether it takes mails from "+domain)
	}
	return one("test mail", Fine, "was taken by the server", "look into the mailbox, and at the headers, whether SPF, DKIM and DMARC passed")
}

// dns looks up what tells other mail servers that ours may send for the domain.
func (d doctor) dns(ctx context.Context) []Finding {
	_, domain, ok := strings.Cut(d.Config.MailFrom.Address, "@")
	if !ok {
		return nil // the mail server is missing too, and was told of
	}
	found := d.record(ctx, "SPF", domain, "v=spf1", "publish a TXT record at "+domain+" such as \"v=spf1 mx -all\" that names the mail server")
	found = append(found, d.record(ctx, "DMARC", "_dmarc."+domain, "v=dmarc1", "publish a TXT record at _dmarc."+domain+" such as \"v=DMARC1; p=quarantine\"")...)
	if d.Selector == "" {
		return append(found, Finding{"DKIM", Unknown, "where its key is depends on the mail server's selector", "name it: --dkim-selector NAME, or look at the headers of a test mail"})
	}
	at := d.Selector + "._domainkey." + domain
	return append(found, d.record(ctx, "DKIM", at, "p=", "publish the mail server's public key as a TXT record at "+at)...)
}

// record looks for one TXT record that has the mark in it.
func (d doctor) record(ctx context.Context, check, at, mark, do string) []Finding {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	texts, err := d.Resolver.LookupTXT(ctx, at)
	var failed *net.DNSError
	if errors.As(err, &failed) && !failed.IsNotFound || err != nil && failed == nil {
		return one(check, Unknown, "no resolver answers for "+at, "run the doctor where DNS can be asked")
	}
	count := 0
	for _, t := range texts {
		if strings.Contains(strings.ToLower(strings.ReplaceAll(t, " ", "")), mark) {
			count++
		}
	}
	switch {
	case count == 0:
		return one(check, Bad, "no record at "+at+": others take our mails for forged", do)
	case count > 1 && check != "DKIM":
		return one(check, Bad, fmt.Sprintf("%d records at %s: others believe none of them", count, at), "keep one of them")
	case check == "DKIM" && emptyKey(texts):
		return one(check, Bad, "the key at "+at+" is revoked", do)
	}
	return one(check, Fine, "there is a record at "+at, "")
}

// emptyKey tells a key that was taken back: "p=" with nothing behind it.
func emptyKey(texts []string) bool {
	for _, t := range texts {
		if _, key, ok := strings.Cut(strings.ReplaceAll(t, " ", ""), "p="); ok && strings.Trim(key, ";") != "" {
			return false
		}
	}
	return true
}
