package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/web"
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
	return web.Limits{Failures: none, Mails: none}
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
	made    atomic.Int64
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
	d := &Demo{catcher: catcher}
	d.App, err = app.Open(ctx, app.Options{
		Config: o.Config, Version: o.Version, Log: o.Log, Clock: clock.Clock(), Listeners: o.Listeners,
		Catcher: catcher, SyncOff: true, Locks: true, Limits: o.limits(),
	})
	if err != nil {
		return nil, errors.Join(err, catcher.Close(), o.Listeners.Close())
	}
	if err := d.begin(ctx, o, clock.Now); err != nil {
		return nil, errors.Join(err, d.Close(), o.Listeners.Close())
	}
	clock.Run(o.Speed)
	return d, nil
}

func (d *Demo) begin(ctx context.Context, o Options, now func() time.Time) error {
	secret, err := secretOf(o.Config)
	if err != nil {
		return err
	}
	d.making = &making{
		app: d.App, now: now, catcher: d.catcher,
		base: &base{dir: o.Config.DataDir, secret: secret, url: d.App.BaseURL()},
	}
	want := state{Seed: o.Seed, Units: o.Units, Residents: o.Residents, Origin: o.Now.UnixMilli()}
	if err := d.making.begin(ctx, want); err != nil {
		return fmt.Errorf("the sample: %w", err)
	}
	d.Units = len(d.making.places)
	d.made.Store(int64(d.making.state.Made))
	d.Tour, err = d.making.tour(ctx)
	return err
}

// Made is how many units have all their weeks by now.
func (d *Demo) Made() int { return int(d.made.Load()) }

// Make makes the rest of the sample, while the program runs, and tells each
// time how many units have all their weeks. It ends early with ctx, and goes on
// at the next start.
func (d *Demo) Make(ctx context.Context, tell func(made int)) error {
	return d.making.rest(ctx, func(made int) {
		d.made.Store(int64(made))
		tell(made)
	})
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
