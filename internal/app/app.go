package app

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/mongostore"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/web"
	"github.com/sunday-with-the-people/sunday/internal/web/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// Options say how to open the program. Config is required.
type Options struct {
	Config config.Config
	// Listeners are what Serve listens on; a worker needs none.
	Listeners Listeners
	// Version is what `sunday version` prints.
	Version string
	// Clock is RealClock if zero.
	Clock Clock
	// IDs is id.Random() if nil. The names of the process and of its marks come
	// from it too.
	IDs id.Source
	// Log drops everything if nil.
	Log *slog.Logger
	// Wrap may put something between the services and the store: faults in a
	// simulation. Nil for nothing.
	Wrap func(store.Set) store.Set
	// Channels take the place of the mail server; whoever gives them closes them.
	// Nil for what Config.SMTP or Catcher say.
	Channels []notifications.Channel
	// Catcher receives the mail and shows it at /dev/mail, for the demo only.
	Catcher *mailcatch.Catcher
	// Trial says what the start page has in the demo only, at any moment; nil
	// for nothing.
	Trial func() resident.Trial
	// Around passes on all that Serve answers; nil for nothing. The demo stands
	// back while somebody is answered.
	Around func(http.Handler) http.Handler
	// SyncOff gives durability in a power cut up for speed, in tests and the demo.
	SyncOff bool
	// PageOnly sends mails of one HTML part, for `sunday bench send` only.
	PageOnly bool
	// Limits are on what one address or token may get wrong; zero for the usual
	// ones. A check that tries everything out takes them off.
	Limits web.Limits
	// HashCost is how dear hashes of passwords are: account.DefaultCost if zero.
	HashCost account.HashCost
	// Releasing says that the hold of everything is about to be lifted, so that
	// it is not news.
	Releasing bool
	// Bulk says that a long list is about to be written.
	Bulk bool
	// Locks has workers of one machine tell each other by locked files that
	// they are alive, so that a crash of one costs no wait. Without it only the
	// leases tell.
	Locks bool
}

// App is one open program.
type App struct {
	opt   Options
	log   *slog.Logger
	store store.Set
	// processes is nil without Options.Locks.
	processes *processes
	keys      *secret.Keys
	texts     *i18n.Catalogue
	base      string
	owner     string
	// began is what the machine's clock showed at process time 0.
	began    time.Time
	metrics  *metrics
	registry *prometheus.Registry

	Services Services
	planner  *outreach.Planner
	source   *outreach.Source
	writer   *outreach.Writer
	press    *paper.Press
	channels []channel
	holder   *scheduler.Holder
	jobs     *scheduler.Scheduler
	dispatch *notifications.Dispatcher
	ticks    *ticks
	refusals *refusals // nil without a journal
	// handler is nil in a process that serves no pages.
	handler http.Handler
}

// Open opens the store and builds everything that serves and works; nothing
// runs yet. Close has to be called after a success.
func Open(ctx context.Context, opt Options) (*App, error) {
	a := &App{opt: opt, log: opt.Log, base: opt.Config.BaseURL}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.opt.Clock.Domain == nil {
		a.opt.Clock = RealClock()
	}
	if a.opt.IDs == nil {
		a.opt.IDs = id.Random()
	}
	a.owner = a.nonce()
	a.began = a.opt.Clock.Wall().Add(-a.opt.Clock.Process())
	if a.base == "" {
		a.base = "http://" + opt.address()
	}
	a.registry = prometheus.NewRegistry()
	a.metrics = newMetrics(a.registry)
	set, err := a.openStore(ctx)
	if err != nil {
		return nil, err
	}
	a.store = set
	if opt.Wrap != nil {
		a.store = opt.Wrap(set)
	}
	if err := a.openJournal(); err != nil {
		return nil, errors.Join(err, a.unlock(), set.Health.Close())
	}
	if err := a.build(ctx); err != nil {
		return nil, errors.Join(err, a.closeJournal(), a.unlock(), set.Health.Close())
	}
	return a, nil
}

// address is where this very process can be reached.
func (o Options) address() string {
	if o.Listeners.Pages != nil {
		return o.Listeners.Pages.Addr().String()
	}
	return o.Config.Addr
}

func (a *App) openStore(ctx context.Context) (store.Set, error) {
	c := a.opt.Config
	if c.MongoURI != "" {
		s, err := mongostore.Open(ctx, mongostore.Options{
			URI: string(c.MongoURI), Database: c.MongoDatabase, IDs: a.opt.IDs, Log: a.log,
		})
		if err != nil {
			return store.Set{}, fmt.Errorf("open MongoDB: %w", err)
		}
		return *s, nil
	}
	if err := makeDataDir(c.DataDir); err != nil {
		return store.Set{}, err
	}
	o := sqlitestore.Options{Path: filepath.Join(c.DataDir, "sunday.db"), IDs: a.opt.IDs, Log: a.log, Bulk: a.opt.Bulk}
	if a.opt.SyncOff {
		o.Sync = "OFF"
	}
	s, err := sqlitestore.Open(ctx, o)
	if err != nil {
		return store.Set{}, fmt.Errorf("open the database in %s: %w", c.DataDir, err)
	}
	return *s.Set(), nil
}

// build makes the services and the worker's parts over the open store.
func (a *App) build(ctx context.Context) error {
	var err error
	if a.opt.Locks {
		if a.processes, err = claimProcess(a.lockDir(), a.owner, a.opt.Clock.Wall()); err != nil {
			return err
		}
	}
	if a.keys, err = a.openKeys(ctx); err != nil {
		return err
	}
	if a.texts, err = i18n.Open(); err != nil {
		return err
	}
	if err := a.checkDatabase(ctx); err != nil {
		return err
	}
	if a.Services, err = a.services(ctx); err != nil {
		return err
	}
	if a.writer, err = outreach.NewWriter(a.texts, a.keys, a.store.Units, a.base, a.mailFrom()); err != nil {
		return err
	}
	if a.opt.PageOnly {
		a.writer.PageOnly()
	}
	a.ticks = newTicks(a.opt.Clock, a.store.Leases, a.owner, a.log, a.metrics)
	a.planner = outreach.NewPlanner(a.outreachStores(), a.workMillis)
	a.source = outreach.NewSource(a.outreachStores(), mailbox{a.Services.Contacts, a.Now}, a.Services.Surveys, a.writer)
	a.buildDesk()
	if a.opt.Listeners.Pages != nil {
		if a.handler, err = a.Pages(); err != nil {
			return err
		}
		if a.opt.Around != nil {
			a.handler = a.opt.Around(a.handler)
		}
	}
	return a.buildWorker()
}

func (a *App) outreachStores() outreach.Stores {
	return outreach.Stores{
		Events: a.store.Events, Registrations: a.store.Registrations, Rolls: a.store.Rolls,
		Reminders: a.store.Rules, Residents: a.store.Residents, Contacts: a.store.Contacts,
		Surveys: a.store.Surveys, Ledger: a.store.Ledger, Units: a.store.Units, Report: a.store.Reports,
		Merges: a.Services.Registrations,
	}
}

// Now is domain time.
func (a *App) Now() calendar.Instant { return calendar.FromTime(a.opt.Clock.Domain()) }

// wall is real time, which sign-ins are on.
func (a *App) wall() calendar.Instant { return calendar.FromTime(a.opt.Clock.Wall()) }

func (a *App) millis() notifications.Millis { return notifications.Millis(a.Now()) }

// workMillis is domain time as planning and sending have it: it stands still
// while the clocks are in doubt.
func (a *App) workMillis() notifications.Millis {
	return notifications.Millis(calendar.FromTime(a.ticks.now()))
}

// BaseURL is how people reach the pages.
func (a *App) BaseURL() string { return a.base }

// Store is the open store, for commands that read it.
func (a *App) Store() store.Set { return a.store }

// Close ends connections and closes the store.
func (a *App) Close() error {
	var errs []error
	for _, c := range a.channels {
		errs = append(errs, c.Close())
	}
	return errors.Join(append(errs, a.closeJournal(), a.unlock(), a.store.Health.Close())...)
}

// unlock says that this process has left nothing behind that others should
// take up at once.
func (a *App) unlock() error {
	if a.processes == nil {
		return nil
	}
	return a.processes.release(a.owner)
}

func (a *App) closeJournal() error {
	if a.refusals == nil {
		return nil
	}
	return a.refusals.journal.Close()
}

func (a *App) mailFrom() string {
	if a.opt.Config.MailFrom.Address == "" {
		return "Sunday <sunday@localhost>"
	}
	return a.opt.Config.MailFrom.String()
}

// nonce is a random name for a process or a mark.
func (a *App) nonce() string { return hex.EncodeToString(a.opt.IDs.Nonce(12)) }

// processMillis is process time as an instant, for what is kept of it in rows.
func (a *App) processMillis() notifications.Millis {
	return notifications.Millis(a.began.Add(a.opt.Clock.Process()).UnixMilli())
}
