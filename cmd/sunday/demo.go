package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/sim"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
)

// demoSeed makes the same people every time.
const demoSeed = 68

// demoFlags are how somebody wants the demo.
type demoFlags struct {
	data  string
	addr  string
	at    string
	speed float64
}

func (p *program) demo() *cobra.Command {
	var f demoFlags
	c := &cobra.Command{
		Use: "demo", Short: "Try it: a sample province, caught mail, nothing to set up", Args: exactly(0),
		Long: `Starts pages, API and worker with the province of Lam Dong, made-up residents,
one Sunday that was and one that comes. Mails go nowhere: they are shown at
/dev/mail. Everything is thrown away at the end unless --data names a folder.`,
		RunE: func(c *cobra.Command, _ []string) error { return p.runDemo(c.Context(), f) },
	}
	c.Flags().StringVar(&f.data, "data", "", "folder to keep the data in; a temporary one if not given")
	c.Flags().StringVar(&f.addr, "addr", "127.0.0.1:8080", "address to listen on; the next free port is taken if it is in use")
	c.Flags().StringVar(&f.at, "at", "", "when the demo begins, such as 2026-11-27T09:00; now if not given")
	c.Flags().Float64Var(&f.speed, "speed", 1, "how many times as fast as real time its clock runs")
	return c
}

func (p *program) runDemo(ctx context.Context, f demoFlags) (err error) {
	now, err := f.now()
	if err != nil {
		return err
	}
	if f.speed <= 0 || f.speed > 100_000 {
		return usageError{fmt.Errorf("--speed is from 0.001 to 100000, not %v", f.speed)}
	}
	dir, remove, err := f.folder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	catcher, err := mailcatch.Start()
	if err != nil {
		return fmt.Errorf("the mail catcher does not start: %w", err)
	}
	defer func() { err = errors.Join(err, catcher.Close()) }()
	return p.demoIn(ctx, f, dir, now, catcher)
}

func (p *program) demoIn(ctx context.Context, f demoFlags, dir string, now time.Time, catcher *mailcatch.Catcher) error {
	began := time.Now()
	c, err := config.Load([]string{"SUNDAY_DATA=" + dir, "SUNDAY_ADDR=" + f.addr, "SUNDAY_LOG_LEVEL=warn"})
	if err != nil {
		return err
	}
	l, err := listenNear(ctx, c)
	if err != nil {
		return err
	}
	clock := app.NewHandClock(now)
	a, err := app.Open(ctx, app.Options{
		Config: c, Version: version, Log: p.logger(c), Clock: clock.Clock(), Listeners: l, Catcher: catcher, SyncOff: true,
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	tour, err := p.sample(ctx, a, clock, catcher, now)
	if err != nil {
		return errors.Join(err, l.Close(), a.Close())
	}
	clock.Run(f.speed)
	if err := p.printTour(a, tour, dir, time.Since(began)); err != nil {
		return errors.Join(err, a.Close())
	}
	return errors.Join(live(ctx, a, halves{pages: true, work: true}), a.Close())
}

// sample makes the sample province, or finds that the folder has one.
func (p *program) sample(ctx context.Context, a *app.App, clock *app.HandClock, catcher *mailcatch.Catcher, now time.Time) (sim.Tour, error) {
	tour, err := sim.FindTour(ctx, a)
	if err != nil || tour.Coming != "" {
		return tour, err
	}
	return sim.NewSample(a, clock, catcher, demoSeed).Make(ctx, now)
}

// listenNear takes the address, or the next free port where it is in use: a
// second demo beside the first works.
func listenNear(ctx context.Context, c config.Config) (app.Listeners, error) {
	l, err := app.Listen(ctx, c)
	if err == nil {
		return l, nil
	}
	c.Addr = "127.0.0.1:0"
	return app.Listen(ctx, c)
}

func (f demoFlags) now() (time.Time, error) {
	if f.at == "" {
		return time.Now(), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04"} {
		zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
		if err != nil {
			return time.Time{}, err
		}
		if t, err := time.ParseInLocation(layout, f.at, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usageError{fmt.Errorf("--at is a time such as 2026-11-27T09:00, not %q", f.at)}
}

// folder is where the data goes, and what to do with it at the end.
func (f demoFlags) folder() (dir string, remove func() error, err error) {
	if f.data != "" {
		return f.data, func() error { return nil }, nil
	}
	dir, err = os.MkdirTemp("", "sunday-demo-")
	if err != nil {
		return "", nil, fmt.Errorf("no temporary folder can be made; name one with --data: %w", err)
	}
	return dir, func() error { return os.RemoveAll(dir) }, nil
}

func (p *program) printTour(a *app.App, t sim.Tour, dir string, took time.Duration) error {
	base := a.BaseURL()
	_, err := fmt.Fprintf(p.out, `Sunday's demo is ready after %.1f s. Stop it with Ctrl-C.

  Coming Sundays    %[2]s/
  The next one      %[2]s/e/%[3]s
  One resident's    %[4]s
  Mails             %[2]s/dev/mail
  The API           %[2]s/docs

API tokens (for "Authorization: Bearer ..."):
`, took.Seconds(), base, t.Coming, orDash(t.OwnPage))
	if err != nil {
		return err
	}
	for _, token := range t.Tokens {
		if _, err := fmt.Fprintf(p.out, "  %-10s %s\n", token.Login, token.Token); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(p.out, `
Try: register at the next Sunday, then read the mail; as the organizer ask
  curl -H "Authorization: Bearer TOKEN" %[1]s/api/v1/events/%[2]s/messages
  curl -H "Authorization: Bearer TOKEN" "%[1]s/api/v1/scorecards?unit=%[3]s"
The Sunday that was: %[1]s/e/%[4]s
Data: %[5]s
`, base, t.Coming, t.Unit, t.Past, dir)
	return err
}
