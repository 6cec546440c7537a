package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

// halves says which halves of the program a process runs.
type halves struct{ pages, work bool }

func (p *program) run() *cobra.Command {
	return p.daemon("run", "Run pages, API and worker in one process", halves{pages: true, work: true})
}

func (p *program) serve() *cobra.Command {
	return p.daemon("serve", "Run pages and API alone; run 'sunday worker' beside it", halves{pages: true})
}

func (p *program) worker() *cobra.Command {
	return p.daemon("worker", "Run the worker alone: planning, sending, jobs", halves{work: true})
}

func (p *program) daemon(use, short string, h halves) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error { return p.live(c.Context(), h) },
	}
}

// errNoBase: a worker alone listens nowhere, so that it knows no address of its own.
var errNoBase = errors.New("set SUNDAY_BASE_URL for a worker alone, to the address at which people reach the pages: links in its mails begin with it")

// live opens the program and runs the halves until the process is asked to
// stop: then requests end, what was handed over is recorded, and what was not
// begun is given back.
func (p *program) live(ctx context.Context, h halves) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	if !h.pages && c.BaseURL == "" {
		return errNoBase
	}
	opt := app.Options{Config: c, Version: version, Log: p.logger(c), Locks: true}
	if !h.pages {
		opt.Config.Addr = ""
	}
	if opt.Listeners, err = app.Listen(ctx, opt.Config); err != nil {
		return err
	}
	a, err := app.Open(ctx, opt)
	if err != nil {
		return errors.Join(err, opt.Listeners.Close())
	}
	if h.pages {
		if _, err := fmt.Fprintf(p.out, "Sunday is at %s\n", a.BaseURL()); err != nil {
			return err
		}
	}
	return errors.Join(live(ctx, a, h), a.Close())
}

func live(ctx context.Context, a *app.App, h halves) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.Serve(ctx) })
	g.Go(func() error {
		app.TendMemory(ctx)
		return nil
	})
	if h.work {
		g.Go(func() error { return a.Work(ctx) })
	}
	return g.Wait()
}
