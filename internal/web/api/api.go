package api

import (
	"context"
	"log/slog"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/outreach/desk"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// Services are what the API offers, noun by noun.
type Services struct {
	Units         *unit.Service
	Accounts      *account.Service
	Access        *account.Access
	Audit         *audit.Service
	Residents     *resident.Service
	Events        *event.Service
	Reminders     *reminder.Service
	Registrations *registration.Service
	Attendance    *attendance.Service
	Surveys       *survey.Service
	Emulation     *emulation.Service
	Desk          *desk.Service
}

// Ledger is what the API reads of the send ledger.
type Ledger interface {
	Rows(ctx context.Context, f notifications.Filter, after string, limit int) ([]notifications.Row, error)
	Counts(ctx context.Context, part int, occurrence string) ([]notifications.Count, error)
}

// Sheets finds lists on paper; paper.Sheets is one.
type Sheets interface {
	Get(ctx context.Context, id string) (paper.Sheet, bool, error)
}

// Options are what the API needs. All but Log, Version, BaseURL and Wait are required.
type Options struct {
	Services Services
	// Ledger is notifications.Report of the store.
	Ledger Ledger
	Holds  notifications.Holds
	// Sheets are lists on paper.
	Sheets Sheets
	// Explainer says what goes out and why not.
	Explainer *outreach.Explainer
	// Cursors seals the cursors of lists.
	Cursors *page.Sealer
	// Now is domain time.
	Now     func() calendar.Instant
	Log     *slog.Logger
	Version string
	// BaseURL is how clients reach the server, such as "https://sunday.example.org"; for the description.
	BaseURL string
	// Wait says how long a token, named by its hash, has to wait after all that
	// it got wrong. The server sets it; nil for no limit.
	Wait func(tokenHash string) time.Duration
	// TryMail counts a mail about an account that somebody with the token asks for,
	// or says how long they have to wait; back takes it back where no mail came of
	// it. The server sets it.
	TryMail func(tokenHash, account string) (wait time.Duration, back func())
}

// Mount adds the API to the engine, with its description and documentation.
func Mount(r *gin.Engine, o Options) error {
	installErrors()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	m := &mount{Options: o, api: humagin.New(r, describe(o))}
	m.api.UseMiddleware(m.authenticate)
	m.units()
	m.accounts()
	m.residents()
	m.events()
	m.acts()
	m.reminders()
	m.registrations()
	m.attendance()
	m.messages()
	m.timeline()
	m.stories()
	m.sheets()
	m.duties()
	m.surveys()
	m.scorecards()
	m.audit()
	m.holds()
	return m.documentation(r)
}

// mount is what every handler has at hand.
type mount struct {
	Options
	api huma.API
}
