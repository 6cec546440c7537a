package resident

import (
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/mail"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
)

// Services are what the pages show and do. All but Log are required.
type Services struct {
	Events        *event.Service
	Registrations *registration.Service
	Contacts      *contact.Service
	Surveys       *survey.Service
	Units         *unit.Service
	// Asker knows whom the own page asks whether they are coming.
	Asker *outreach.Asker

	Cursors *page.Sealer
	// Now is domain time.
	Now func() calendar.Instant
	IDs id.Source
	// BaseURL is how people reach the pages, "https://host"; MailFrom the sender
	// of mails, "Name <address>". Calendar files bear both, as mails do.
	BaseURL, MailFrom string
	// Trial says what only the demo's start page has; nil everywhere else.
	Trial func() Trial
	// Log takes errors that nobody is told of.
	Log *slog.Logger
}

// site holds what every page needs.
type site struct {
	s               Services
	log             *slog.Logger
	pages           map[string]*template.Template
	host, organizer string
	units           *names
	compiled        *shelf
	entries         *entries
	feeds           *feeds
	cards           cards
}

var errServices = errors.New("resident: a service, the clock or the ids are missing")

// Mount adds the pages to a router, and the style sheet that all pages share.
func Mount(r gin.IRouter, s Services) error {
	if s.Events == nil || s.Registrations == nil || s.Contacts == nil || s.Surveys == nil || s.Units == nil ||
		s.Asker == nil || s.Cursors == nil || s.Now == nil || s.IDs == nil {
		return errServices
	}
	base, err := url.Parse(s.BaseURL)
	if err != nil || base.Host == "" {
		return fmt.Errorf("resident: the base URL has no host")
	}
	sender, err := mail.ParseAddress(s.MailFrom)
	if err != nil {
		return fmt.Errorf("resident: the sender is no mail address")
	}
	p := &site{
		s: s, log: s.Log, host: base.Hostname(), organizer: sender.Address,
		units: newNames(s.Units, s.Now), compiled: newShelf(s.IDs), feeds: newFeeds(),
	}
	p.entries = newEntries(s.Events, func(e event.Event) outreach.Invite { return p.invite(e, outreach.PublicStamp(e)) })
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	if p.pages, err = parse(); err != nil {
		return err
	}
	assets.Mount(r)
	p.routes(r)
	return nil
}

// routes is every page on one screen. What is got never acts; what is posted
// acts on a choice that somebody made.
func (p *site) routes(r gin.IRouter) {
	// Open to all.
	p.get(r, "/", p.coming)
	p.get(r, unitsPath, p.chooseUnit)
	p.get(r, dataPath, p.data)
	p.get(r, donePath, p.finished)
	p.get(r, outreach.EventPath+":id", p.event)
	p.get(r, outreach.EventPath+":id/event.ics", p.eventCalendar)
	p.get(r, outreach.EventPath+":id"+cardPath, p.cardPicture)
	p.post(r, outreach.EventPath+":id/register", p.register)
	p.get(r, feedPath+":file", p.feed)
	p.get(r, outreach.ShortPath, p.short)
	p.get(r, outreach.ShortPath+":code", p.short)

	// With a link of one's own.
	p.get(r, outreach.OwnPath+":token", p.own)
	p.get(r, outreach.OwnPath+":token/event.ics", p.ownCalendar)
	p.post(r, outreach.OwnPath+":token", p.ownAct)
	p.get(r, outreach.OwnPath+":token"+wishesPath, p.wishes)
	p.post(r, outreach.OwnPath+":token"+wishesPath, p.wishesAct)
	p.get(r, outreach.ConfirmPath+":token", p.confirm)
	p.post(r, outreach.ConfirmPath+":token", p.confirmAct)
	p.get(r, outreach.OptOutPath+":token", p.optOut)
	p.post(r, outreach.OptOutPath+":token", p.optOutAct)
	p.get(r, outreach.SurveyPath+":event/:code", p.survey)
	p.post(r, outreach.SurveyPath+":event/:code", p.surveyAct)
}

func (p *site) get(r gin.IRouter, path string, h handler) {
	r.GET(path, p.wrap(h))
	r.HEAD(path, p.wrap(h))
}

func (p *site) post(r gin.IRouter, path string, h handler) { r.POST(path, p.wrap(h)) }
