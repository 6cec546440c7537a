package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/sim/demo"
)

// demoFlags are how somebody wants the demo.
type demoFlags struct {
	data  string
	addr  string
	at    string
	speed float64
	seed  uint64
	units int
}

func (p *program) demo() *cobra.Command {
	var f demoFlags
	c := &cobra.Command{
		Use: "demo", Short: "Try it: a sample province, caught mail, nothing to set up", Args: exactly(0),
		Long: `Starts pages, API and worker with the province of Lam Dong: eight weeks of
Sundays in all units, with made-up residents. It can be looked at within
seconds, while most units are still being made. Mails go nowhere: they are
shown at /dev/mail. Everything is thrown away at the end unless --data names a
folder.`,
		RunE: func(c *cobra.Command, _ []string) error {
			if !c.Flags().Changed("units") {
				f.units = demo.AllUnits
				if f.speed > 1 {
					f.units = showUnits
				}
			}
			return p.runDemo(c.Context(), f)
		},
	}
	c.Flags().StringVar(&f.data, "data", "", "folder to keep the data in; a temporary one if not given")
	c.Flags().StringVar(&f.addr, "addr", "127.0.0.1:8080", "address to listen on; the next free port is taken if it is in use")
	c.Flags().StringVar(&f.at, "at", "", "when the demo begins, such as 2026-11-27T09:00; now if not given")
	c.Flags().Float64Var(&f.speed, "speed", 1, "how many times as fast as real time its clock runs")
	c.Flags().Uint64Var(&f.seed, "seed", demoSeed, "the same people and Sundays for the same seed")
	c.Flags().IntVar(&f.units, "units", 0, "how many units have Sundays, 1 to 124; all if not given, and 9 with a fast clock")
	return c
}

// demoSeed is the seed of the demo that everybody knows.
const demoSeed = 68

// showUnits is how many units a demo has whose clock runs fast: it leaves the
// machine to the one Sunday that is shown.
const showUnits = 9

func (p *program) runDemo(ctx context.Context, f demoFlags) (err error) {
	now, err := f.now()
	if err != nil {
		return err
	}
	show := f.speed > 1
	if show && f.at == "" {
		now = demo.ShowAt(now)
	}
	if _, _, err := net.SplitHostPort(f.addr); err != nil {
		return usageError{fmt.Errorf("--addr is host:port, such as 127.0.0.1:8080, not %q", f.addr)}
	}
	if f.speed <= 0 || f.speed > 100_000 {
		return usageError{fmt.Errorf("--speed is from 0.001 to 100000, not %v", f.speed)}
	}
	if f.units < 1 || f.units > demo.AllUnits {
		return usageError{fmt.Errorf("--units is from 1 to %d, not %d", demo.AllUnits, f.units)}
	}
	dir, remove, err := f.folder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	c, err := config.Load([]string{"SUNDAY_DATA=" + dir, "SUNDAY_ADDR=" + f.addr, "SUNDAY_LOG_LEVEL=warn"})
	if err != nil {
		return err
	}
	l, err := listenNear(ctx, c)
	if err != nil {
		return err
	}
	began := time.Now()
	d, err := demo.Open(ctx, demo.Options{
		Config: c, Listeners: l, Version: version, Log: p.logger(c), Now: now, Speed: f.speed, Show: show,
		Seed: f.seed, Units: f.units, Residents: max(f.units, demo.AllResidents*f.units/demo.AllUnits),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := p.printTour(d.App, d.Tour, dir, time.Since(began)); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return live(ctx, d.App, halves{pages: true, work: true}) })
	g.Go(func() error { return p.makeSample(ctx, d, show) })
	if show {
		g.Go(func() error { return d.Show(ctx, p.printMilestone) })
	}
	return g.Wait()
}

// makeSample makes what is not there yet behind a progress line. What cannot be
// made takes nothing from what is there.
func (p *program) makeSample(ctx context.Context, d *demo.Demo, quiet bool) error {
	began := time.Now()
	bar := p.bar(d.Units, "units", quiet || d.Made() == d.Units)
	err := d.Make(ctx, func(made int) { _ = bar.Set(made) }) // a bar that cannot be drawn is no reason to stop
	_ = bar.Finish()
	if err != nil && ctx.Err() == nil {
		_, err = fmt.Fprintf(p.errOut, "sunday: %s\nWhat is made so far can be looked at.\n", app.Say(err))
		return err
	}
	if ctx.Err() == nil {
		_, err = fmt.Fprintf(p.out, "All %d units are made, after %.0f s.\n", d.Units, time.Since(began).Seconds())
	}
	return err
}

// printMilestone prints what happened in a Sunday that is shown.
func (p *program) printMilestone(at time.Time, what string) {
	local := at.In(demo.Zone())
	for i, line := range strings.Split(what, "\n") {
		when := ""
		if i == 0 {
			when = local.Format("Mon 02/01 15:04")
		}
		_, _ = fmt.Fprintf(p.out, "  %-16s %s\n", when, line) // a line that nobody can read stops nothing
	}
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
		if t, err := time.ParseInLocation(layout, f.at, demo.Zone()); err == nil {
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

func (p *program) printTour(a *app.App, t demo.Tour, dir string, took time.Duration) error {
	base := a.BaseURL()
	_, err := fmt.Fprintf(p.out, `Sunday's demo listens after %.1f s. Stop it with Ctrl-C.

  Start page           %[2]s/
  Pages of staff       %[2]s/staff/
                       as %[3]s; the password of all is %[4]s
  Mails                %[2]s/dev/mail
  API                  %[2]s/docs
  The next Sunday      %[2]s/e/%[5]s
  The Sunday that was  %[2]s/e/%[6]s

API tokens (for "Authorization: Bearer ..."):
`, took.Seconds(), base, strings.Join(demo.Logins(), ", "), t.Password, t.Coming, t.Past)
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
Data: %[4]s

`, base, t.Coming, t.Unit, dir)
	return err
}
