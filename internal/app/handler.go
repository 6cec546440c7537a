package app

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/web"
	"github.com/sunday-with-the-people/sunday/internal/web/api"
	"github.com/sunday-with-the-people/sunday/internal/web/console"
	"github.com/sunday-with-the-people/sunday/internal/web/dev"
	"github.com/sunday-with-the-people/sunday/internal/web/resident"
)

// checkWithin is how long /readyz waits for one dependency.
const checkWithin = 2 * time.Second

// Pages builds every page and the API, as Serve listens with them.
func (a *App) Pages() (http.Handler, error) {
	s, cursors := a.Services, page.NewSealer(a.keys.Cursor())
	o := web.Options{
		API: api.Options{
			Services: api.Services{
				Units: s.Units, Accounts: s.Accounts, Access: s.Access, Audit: s.Audit, Residents: s.Residents, Events: s.Events,
				Reminders: s.Reminders, Registrations: s.Registrations, Attendance: s.Attendance,
				Surveys: s.Surveys, Emulation: s.Emulation, Desk: s.Desk,
			},
			Ledger: a.store.Reports, Holds: a.store.Holds, Sheets: a.store.Sheets, Explainer: outreach.NewExplainer(a.outreachStores(), a.store.Holds, a.texts, a.millis),
			Cursors: cursors, Now: a.Now, Log: a.log, Version: a.opt.Version, BaseURL: a.base,
		},
		Texts: a.texts, Process: a.opt.Clock.Wall, Log: a.log, Registry: a.registry,
		TrustedProxies: a.opt.Config.TrustedProxies, Checks: a.checks(), Limits: a.opt.Limits,
		Pages: func(r gin.IRouter) error {
			return resident.Mount(r, resident.Services{
				Events: s.Events, Registrations: s.Registrations, Contacts: s.Contacts,
				Surveys: s.Surveys, Units: s.Units, Asker: outreach.NewAsker(a.store.Ledger), Cursors: cursors, Now: a.Now, IDs: a.opt.IDs,
				BaseURL: a.base, MailFrom: a.mailFrom(), Trial: a.opt.Trial, Log: a.log,
			})
		},
	}
	o.Staff = func(r gin.IRouter, wait func(string) time.Duration) error {
		return console.Mount(r, console.Services{
			Accounts: s.Accounts, Audit: s.Audit, Access: s.Access, Process: a.opt.Clock.Wall, Guesses: a.opt.Limits.Guesses, Desk: s.Desk, Units: s.Units, Events: s.Events, Registrations: s.Registrations,
			Attendance: s.Attendance, Reminders: s.Reminders, Surveys: s.Surveys, Emulation: s.Emulation,
			Counts: a.store.Reports, Explainer: o.API.Explainer, Cursors: cursors, Texts: a.texts, Now: a.Now, IDs: a.opt.IDs,
			BaseURL: a.base, Log: a.log, Wait: wait,
		})
	}
	if a.opt.Catcher != nil {
		o.Dev = func(r gin.IRouter) error { return dev.Mount(r, a.opt.Catcher) }
	}
	return web.New(o)
}

// Errors that /readyz shows.
var (
	errStoreAway   = errors.New("the database cannot be reached or written")
	errMailAway    = errors.New("the mail server cannot be reached; messages wait")
	errMailRefuses = errors.New("the mail server refuses encryption or the sign-in; messages wait; see `sunday doctor`")
	errNoMail      = errors.New("no mail server is set (SUNDAY_SMTP_URL); messages wait")
	errClockHeld   = errors.New("sending is held: this machine's clock is in doubt, or differs from another worker's; see the log")
	errJournalAway = errors.New("the journal cannot be written; what people refused is kept in the database and tried again")
	errHeld        = errors.New("sending is held; see `sunday hold --list`")
)

// checks are what /readyz looks at. Pages need the store alone: while mail is
// away or held, messages wait and nothing is lost.
func (a *App) checks() []web.Check {
	checks := []web.Check{
		{Name: "store", Critical: true, Run: func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, checkWithin)
			defer cancel()
			if err := a.store.Health.Ping(ctx); err != nil {
				a.log.Warn("the store does not answer", "error", err)
				return errStoreAway
			}
			return nil
		}},
		{Name: "mail", Run: newMailCheck(a.mailServer(), a.opt.Clock).run},
		{Name: "clock", Run: func(context.Context) error {
			if a.ticks.doubt() != "" {
				return errClockHeld
			}
			return nil
		}},
		{Name: "sending", Run: func(ctx context.Context) error {
			holds, err := a.store.Holds.List(ctx)
			if err != nil {
				return errStoreAway
			}
			for _, h := range holds {
				if h.Unit == "" {
					return errHeld
				}
			}
			return nil
		}},
	}
	if a.refusals != nil {
		checks = append(checks, web.Check{Name: "journal", Run: a.refusals.check})
	}
	return checks
}
