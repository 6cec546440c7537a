package outreach

import (
	"fmt"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Letter is a mail to a member of staff about their account. It is about no
// event, has no row in the ledger, and nobody opts out of it.
type Letter struct {
	// Kind names its texts: "password", "reset" or "address".
	Kind string
	// ID is the letter's, the same where it goes out again.
	ID string
	// To is a plain address.
	To, Name, Login, Locale string
	// Path is of the page that it leads to, until Until on the clocks of Zone.
	Path, Zone string
	Until      calendar.Instant
}

// Letter makes the mail; now is what it is dated by.
func (w *Writer) Letter(l Letter, now notifications.Millis) (notifications.Message, error) {
	pr := w.texts.For(l.Locale)
	words := map[string]any{
		"name": l.Name, "login": l.Login, "until": pr.FormatDate(calendar.InZone(l.Until, l.Zone)),
	}
	prefix := "letter." + l.Kind
	page := layout{
		Lang: pr.Lang(), Title: pr.Text(prefix+".title", nil), Intro: pr.Text(prefix+".intro", words), Footer: pr.Text("letter.footer", nil),
		Buttons: []string{pr.Text(prefix+".button", nil)}, Link: w.base + l.Path,
	}
	var text, html strings.Builder
	if err := textMail().Execute(&text, page); err != nil {
		return notifications.Message{}, fmt.Errorf("write a letter's text: %w", err)
	}
	if err := htmlMail().Execute(&html, page); err != nil {
		return notifications.Message{}, fmt.Errorf("write a letter's page: %w", err)
	}
	return notifications.Message{
		To: l.To, From: w.from, Subject: page.Title, Text: notifications.TextOf(text.String()), HTML: notifications.TextOf(html.String()), Language: pr.Lang(),
		MessageID: l.ID + "@" + w.host, Date: now, Boundary: l.ID,
	}, nil
}
