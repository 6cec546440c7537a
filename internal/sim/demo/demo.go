package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/web"
	"github.com/sunday-with-the-people/sunday/internal/web/console"
	"github.com/sunday-with-the-people/sunday/internal/web/resident"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
)

// Options are what Open needs. Log may be nil.
type Options struct {
	Config    config.Config
	Listeners app.Listeners
	Version   string
	Log       *slog.Logger
	// Now is when the demo begins, Speed how many times as fast as real time its
	// clock runs from then on.
	Now   time.Time
	Speed float64
	// Show leaves the shown commune's next Sunday to Demo.Show.
	Show bool
	// Seed makes the same sample each time. Units and Residents are how many there
	// are. A folder that has a sample keeps it, whatever these say.
	Seed             uint64
	Units, Residents int
	// Unlimited lets anybody get wrong as much as they like: for checks that try
	// everything out.
	Unlimited bool
}

// limits are the usual ones, or some that nobody reaches.
func (o Options) limits() web.Limits {
	if !o.Unlimited {
		return web.Limits{}
	}
	none := web.Rate{Burst: 1 << 30, Every: time.Nanosecond}
	return web.Limits{Failures: none, Mails: none, Guesses: none}
}

// Demo is the program with a sample province and its own mail server.
type Demo struct {
	App *app.App
	// Tour is what there is to see.
	Tour Tour
	// Units is how many units the whole sample has.
	Units int

	catcher *mailcatch.Catcher
	making  *making
	speed   float64
	made    atomic.Int64
	way     *way
	// shown is closed once the shown commune has its weeks.
	shown chan struct{}
}

// Open opens the program, makes what has to be there before anybody looks, and
// lets the clock run; Make makes the rest. It takes the listeners over: Close,
// or an error, ends them too.
func Open(ctx context.Context, o Options) (*Demo, error) {
	if err := check(o.Units, o.Residents); err != nil {
		return nil, errors.Join(err, o.Listeners.Close())
	}
	catcher, err := mailcatch.Start()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the mail catcher does not start: %w", err), o.Listeners.Close())
	}
	clock := app.NewHandClock(o.Now)
	d := &Demo{catcher: catcher, speed: o.Speed, shown: make(chan struct{}), way: newWay(clock.Clock().Process)}
	d.App, err = app.Open(ctx, app.Options{
		Config: o.Config, Version: o.Version, Log: o.Log, Clock: clock.Clock(), Listeners: o.Listeners,
		Catcher: catcher, Trial: d.trial, SyncOff: true, Locks: true, Limits: o.limits(),
		Around: d.way.around,
	})
	if err != nil {
		return nil, errors.Join(err, catcher.Close(), o.Listeners.Close())
	}
	if err := d.begin(ctx, o, clock); err != nil {
		return nil, errors.Join(err, d.Close(), o.Listeners.Close())
	}
	clock.Run(o.Speed)
	return d, nil
}

func (d *Demo) begin(ctx context.Context, o Options, clock *app.HandClock) error {
	if err := d.takeUp(ctx, clock); err != nil {
		return err
	}
	secret, err := secretOf(o.Config)
	if err != nil {
		return err
	}
	d.making = &making{
		app: d.App, now: clock.Now, catcher: d.catcher, show: o.Show, way: d.way,
		base: &base{dir: o.Config.DataDir, secret: secret, url: d.App.BaseURL()},
	}
	want := state{Seed: o.Seed, Units: o.Units, Residents: o.Residents, Origin: o.Now.UnixMilli()}
	if err := d.making.begin(ctx, want); err != nil {
		return fmt.Errorf("the sample: %w", err)
	}
	d.Units = len(d.making.places)
	d.note(d.making.state.Made)
	d.Tour, err = d.making.tour(ctx)
	return err
}

// trial is what the start page says now.
func (d *Demo) trial() resident.Trial {
	t := resident.Trial{
		Made: d.Made(), Units: d.Units, Unit: communeName, Mails: "/dev/mail", Staff: "/staff/", Scorecard: console.ScorecardPath(d.Tour.Unit),
	}
	for _, login := range Logins() {
		t.SignIns = append(t.SignIns, resident.SignIn{Login: login, Password: d.Tour.Password})
	}
	return t
}

// Made is how many units have all their weeks by now.
func (d *Demo) Made() int { return int(d.made.Load()) }

// Make makes the rest of the sample, while the program runs, and tells each
// time how many units have all their weeks. It ends early with ctx, and goes on
// at the next start.
func (d *Demo) Make(ctx context.Context, tell func(made int)) error {
	return d.making.rest(ctx, func(made int) {
		d.note(made)
		tell(made)
	})
}

// note keeps how many units are made; it is called by one goroutine at a time.
func (d *Demo) note(made int) {
	if d.made.Swap(int64(made)) == 0 && made > 0 {
		close(d.shown)
	}
}

// settingClock is where a database keeps how far a fast clock came, in UTC
// milliseconds: a demo that is taken up again begins there and not before it.
const settingClock = "sample_clock"

func (d *Demo) takeUp(ctx context.Context, clock *app.HandClock) error {
	kept, err := d.App.Store().Settings.Setting(ctx, settingClock)
	if err != nil || kept == "" {
		return err
	}
	ms, err := strconv.ParseInt(kept, 10, 64)
	if err != nil {
		return errOther
	}
	if at := time.UnixMilli(ms); at.After(clock.Now()) {
		clock.Set(at)
	}
	return nil
}

func (d *Demo) keepClock(ctx context.Context) error {
	settings := d.App.Store().Settings
	kept, err := settings.Setting(ctx, settingClock)
	if err == nil {
		_, err = settings.SetSetting(ctx, settingClock, kept, strconv.FormatInt(d.making.now().UnixMilli(), 10))
	}
	return err
}

// Mails are those that the mail server caught, oldest first.
func (d *Demo) Mails() []mailcatch.Mail { return d.catcher.Mails() }

// Close ends the program and the mail server.
func (d *Demo) Close() error {
	var err error
	if d.making != nil {
		err = d.making.base.close()
	}
	return errors.Join(err, d.App.Close(), d.catcher.Close())
}

// secretOf is the secret that the program runs with: a stage has the same, so
// that what it sealed can be opened.
func secretOf(c config.Config) (string, error) {
	if c.Secret != "" {
		return string(c.Secret), nil
	}
	made, err := os.ReadFile(filepath.Join(c.DataDir, "secret"))
	return strings.TrimSpace(string(made)), err
}
