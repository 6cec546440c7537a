package outreach

import (
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// Paths of the pages that mails link to. The web mounts the same ones.
const (
	EventPath   = "/e/"
	OwnPath     = "/r/"
	ConfirmPath = "/c/"
	OptOutPath  = "/o/"
	SurveyPath  = "/s/"
	// ShortPath is for addresses that are typed from a poster: with an event's
	// short code behind it. What is behind the host has 10 signs.
	ShortPath = "/k/"
)

// Links are the addresses that one mail may show.
type Links struct{ Own, Confirm, OptOut, Survey string }

// Links makes the addresses for the holder of a registration. The tokens are
// derived, so that a mail sent again shows the same.
func (w *Writer) Links(r registration.Registration, optOutToken string) Links {
	return Links{
		Own:     w.base + OwnPath + w.keys.Link(secret.LinkOwn, r.ID, r.LinkGeneration),
		Confirm: w.base + ConfirmPath + w.keys.Link(secret.LinkConfirm, r.ID, r.LinkGeneration),
		OptOut:  w.OptOutLink(optOutToken),
	}
}

// OptOutLink is the address of the page that stops all mails to a contact.
func (w *Writer) OptOutLink(token string) string { return w.base + OptOutPath + token }

// SurveyLink is the address of the survey with its code.
func (w *Writer) SurveyLink(eventID, code string) string {
	return w.base + SurveyPath + eventID + "/" + code
}
