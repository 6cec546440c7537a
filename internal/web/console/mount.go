package console

import (
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/outreach/desk"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/limit"
)

// Services are what the pages show and do. All but Log and Wait are required.
type Services struct {
	Accounts      *account.Service
	Access        *account.Access
	Audit         *audit.Service
	Desk          *desk.Service
	Units         *unit.Service
	Events        *event.Service
	Registrations *registration.Service
	Attendance    *attendance.Service
	Reminders     *reminder.Service
	Surveys       *survey.Service
	Emulation     *emulation.Service
	// Counts and Explainer say what was sent and why.
	Counts    Counts
	Explainer *outreach.Explainer
	// Cursors seal where a list goes on.
	Cursors *page.Sealer
	// Texts are of all languages: a letter is in that of its reader.
	Texts *i18n.Catalogue
	// Now is domain time, Process the real clock, which limits are on.
	Now     func() calendar.Instant
	Process func() time.Time
	IDs     id.Source
	// BaseURL is how people reach the pages: by https, cookies are sent by
	// encrypted connections alone.
	BaseURL string
	Log     *slog.Logger
	// Guesses takes the place of all limits of signing in; zero for the usual ones.
	Guesses limit.Rate
	// Wait says how long a session, named by its hash, has to wait after all that
	// it got wrong; nil for no limit.
	Wait func(hash string) time.Duration
}

// site holds what every page needs.
type site struct {
	s     Services
	log   *slog.Logger
	pages map[string]*template.Template
	// secure says that people come by https.
	secure bool
	guard  guard
}

var errServices = errors.New("console: a service, the texts, the clock or the ids are missing")

// Mount adds the pages to a router.
func Mount(r gin.IRouter, s Services) error {
	if slices.Contains([]bool{
		s.Access == nil, s.Audit == nil, s.Desk == nil, s.Units == nil, s.Events == nil, s.Registrations == nil, s.Attendance == nil, s.Reminders == nil,
		s.Surveys == nil, s.Emulation == nil, s.Counts == nil, s.Explainer == nil, s.Texts == nil, s.Now == nil, s.Process == nil, s.Accounts == nil, s.IDs == nil, s.Cursors == nil,
	}, true) {
		return errServices
	}
	p := &site{s: s, log: s.Log, secure: strings.HasPrefix(s.BaseURL, "https://"), guard: newGuard(s.Guesses, s.Process)}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if p.pages, err = parse(); err != nil {
		return err
	}
	p.routes(r)
	return nil
}

// The paths of the pages.
const (
	homePath    = "/staff/"
	signInPath  = "/staff/sign-in"
	codePath    = "/staff/sign-in/code"
	signOutPath = "/staff/sign-out"
	linkPath    = account.PasswordPath
	forgotPath  = "/staff/forgot"
	addressPath = account.AddressPath
	accountPath = "/staff/account"
	secondPath  = "/staff/account/second"
	// accountsPath is of another's account.
	accountsPath = "/staff/accounts/"
	unitsPath    = "/staff/units/"
	eventsPath   = "/staff/events/"
	sheetsPath   = "/staff/sheets/"
)

// routes is every page on one screen.
func (p *site) routes(r gin.IRouter) {
	p.doors(r)
	p.ownPages(r)
	r.GET(unitsPath+":id/accounts", p.wrap(p.accounts))
	r.POST(unitsPath+":id/accounts", p.wrap(p.invite))
	r.GET(accountsPath+":id", p.wrap(p.staffAccount))
	r.POST(accountsPath+":id/link", p.wrap(p.newLink))
	r.POST(accountsPath+":id/roles", p.wrap(p.grantRole))
	r.POST(accountsPath+":id/roles/end", p.wrap(p.endRole))
	r.POST(accountsPath+":id/second", p.wrap(p.removeSecond))
	r.POST(accountsPath+":id/address/remove", p.wrap(p.takeAddress))
	r.POST(accountsPath+":id/disable", p.wrap(p.disable))
	r.GET(unitsPath+":id", p.wrap(p.overview))
	r.GET(unitsPath+":id/events", p.wrap(p.events))
	r.GET(unitsPath+":id/below", p.wrap(p.unitsBelow))
	r.GET(unitsPath+":id/scorecard", p.wrap(p.scorecard))
	r.GET(unitsPath+":id/new", p.wrap(p.newEvent))
	r.POST(unitsPath+":id/new", p.wrap(p.plan))
	r.GET(unitsPath+":id/days/:day", p.wrap(p.day))
	r.POST(unitsPath+":id/days/:day", p.wrap(p.dayAct))
	r.GET(eventsPath+":id", p.wrap(p.event))
	r.POST(eventsPath+":id", p.wrap(p.eventAct))
	r.GET(eventsPath+":id/edit", p.wrap(p.edit))
	r.POST(eventsPath+":id/edit", p.wrap(p.editSave))
	r.GET(eventsPath+":id/poster", p.wrap(p.poster))
	r.GET(eventsPath+":id/loudspeaker", p.wrap(p.loudspeaker))
	r.GET(eventsPath+":id/attendance", p.wrap(p.attendance))
	r.GET(eventsPath+":id/count", p.wrap(p.count))
	r.POST(eventsPath+":id/count", p.wrap(p.countSave))
	r.GET(eventsPath+":id/report", p.wrap(p.report))
	r.POST(eventsPath+":id/report", p.wrap(p.reportSave))
	r.GET(eventsPath+":id/messages", p.wrap(p.messages))
	r.GET(unitsPath+":id/sheets", p.wrap(p.sheets))
	r.POST(unitsPath+":id/sheets", p.wrap(p.print))
	r.GET(sheetsPath+":id", p.wrap(p.sheet))
	r.GET(sheetsPath+":id/print", p.wrap(p.paper))
	r.POST(sheetsPath+":id/results", p.wrap(p.results))
}

// doors are for anybody, to become somebody.
func (p *site) doors(r gin.IRouter) {
	r.GET(signInPath, p.open(p.signInPage))
	r.POST(signInPath, p.open(p.signIn))
	r.GET(codePath, p.open(p.codePage))
	r.POST(codePath, p.open(p.code))
	r.POST(signOutPath, p.open(p.signOut))
	r.GET(forgotPath, p.open(p.forgotPage))
	r.POST(forgotPath, p.open(p.forgot))
	// mail servers look at links with HEAD before they hand letters over
	r.GET(addressPath+":token", p.open(p.confirmPage))
	r.HEAD(addressPath+":token", p.open(p.confirmPage))
	r.POST(addressPath+":token", p.open(p.confirm))
	r.GET(linkPath+":token", p.open(p.linkPage))
	r.HEAD(linkPath+":token", p.open(p.linkPage))
	r.POST(linkPath+":token", p.open(p.link))
	r.GET(strings.TrimSuffix(homePath, "/"), func(c *gin.Context) { c.Redirect(http.StatusSeeOther, homePath) })
}

// ownPages are about who is signed in.
func (p *site) ownPages(r gin.IRouter) {
	r.GET(homePath, p.wrap(p.home))
	r.GET(accountPath, p.wrap(p.account))
	r.POST(accountPath+"/locale", p.wrap(p.setLocale))
	r.POST(accountPath+"/password", p.wrap(p.changePassword))
	r.POST(accountPath+"/sign-out", p.wrap(p.signOutEverywhere))
	r.POST(accountPath+"/address", p.wrap(p.setAddress))
	r.POST(accountPath+"/address/remove", p.wrap(p.removeAddress))
	r.POST(accountPath+"/sessions/end", p.wrap(p.endSession))
	r.GET(secondPath, p.wrap(p.second))
	r.POST(secondPath, p.wrap(p.turnOn))
	r.POST(secondPath+"/off", p.wrap(p.turnOff))
	r.POST(secondPath+"/codes", p.wrap(p.newRecovery))
}
