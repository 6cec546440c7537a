package sim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/web"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
)

// demoSeed makes the same people every time.
const demoSeed = 68

// DemoOptions are what OpenDemo needs. Log may be nil.
type DemoOptions struct {
	Config    config.Config
	Listeners app.Listeners
	Version   string
	Log       *slog.Logger
	// Now is when the demo begins, Speed how many times as fast as real time
	// its clock runs from then on.
	Now   time.Time
	Speed float64
	// Unlimited lets anybody get wrong as much as they like: for checks that try
	// everything out.
	Unlimited bool
}

// Demo is the program with the sample province and its own mail server.
type Demo struct {
	App  *app.App
	Tour Tour

	catcher *mailcatch.Catcher
}

// OpenDemo opens the program, makes the sample province unless the database
// has it, and lets the clock run. It takes the listeners over: Close, or an
// error, ends them too.
func OpenDemo(ctx context.Context, o DemoOptions) (*Demo, error) {
	catcher, err := mailcatch.Start()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the mail catcher does not start: %w", err), o.Listeners.Close())
	}
	clock := app.NewHandClock(o.Now)
	a, err := app.Open(ctx, app.Options{
		Config: o.Config, Version: o.Version, Log: o.Log, Clock: clock.Clock(), Listeners: o.Listeners,
		Catcher: catcher, SyncOff: true, Limits: o.limits(),
	})
	if err != nil {
		return nil, errors.Join(err, catcher.Close(), o.Listeners.Close())
	}
	d := &Demo{App: a, catcher: catcher}
	if d.Tour, err = FindTour(ctx, a); err == nil && d.Tour.Coming == "" {
		d.Tour, err = NewSample(a, clock, catcher, demoSeed).Make(ctx, o.Now)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close(), o.Listeners.Close())
	}
	clock.Run(o.Speed)
	return d, nil
}

// limits are the usual ones, or some that nobody reaches.
func (o DemoOptions) limits() web.Limits {
	if !o.Unlimited {
		return web.Limits{}
	}
	none := web.Rate{Burst: 1 << 30, Every: time.Nanosecond}
	return web.Limits{Failures: none, Mails: none}
}

// Close ends the program and the mail server.
func (d *Demo) Close() error { return errors.Join(d.App.Close(), d.catcher.Close()) }

// Mails are those that the mail server caught, newest first.
func (d *Demo) Mails() []mailcatch.Mail { return d.catcher.Mails() }
