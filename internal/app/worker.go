package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/smtp"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

const (
	partPrefix  = "part-"
	planEvery   = 500 * time.Millisecond
	stopWithin  = 40 * time.Second
	fanOutLimit = 200
	planAtOnce  = 3
)

// channel is a way for messages to go out, with connections to close.
type channel interface {
	notifications.Channel
	io.Closer
}

// buildWorker makes the leases, the timetable and the dispatcher.
func (a *App) buildWorker() error {
	a.holder = scheduler.NewHolder(scheduler.HolderOptions{
		Leases: a.store.Leases, Owner: a.owner, Prefix: partPrefix,
		Names: scheduler.PartNames(partPrefix, notifications.Parts), Process: a.opt.Clock.Process, Ended: a.ended(), Log: a.log,
		Busy:  func(part int) bool { return a.dispatch.Busy(part) },
		Aside: func() bool { return a.ticks.doubt() != "" }, // nothing would be sent in its parts
	})
	jobs, err := scheduler.New(scheduler.Options{
		Jobs: a.store.Jobs, Timetable: a.timetable(), Owner: a.owner,
		Now: a.ticks.now, Process: a.opt.Clock.Process, Ended: a.ended(), Log: a.log, Metrics: a.metrics,
	})
	if err != nil {
		return err
	}
	a.jobs = jobs
	if err := a.openChannels(); err != nil {
		return err
	}
	opt := notifications.Options{
		Ledger: a.store.Ledger, Source: a.source, Holds: a.store.Holds,
		Leases: a.leases, Now: a.workMillis, Process: a.processMillis, Halted: a.ticks.halted,
		Wall:  func() notifications.Millis { return notifications.Millis(a.opt.Clock.Wall().UnixMilli()) },
		Nonce: a.nonce, Connections: a.connections(), Log: a.log, Metrics: a.metrics,
		Channels: a.opt.Channels,
	}
	for _, c := range a.channels {
		opt.Channels = append(opt.Channels, c)
	}
	a.dispatch = notifications.NewDispatcher(opt)
	return nil
}

func (a *App) openChannels() error {
	if a.opt.Channels != nil {
		return nil
	}
	c := a.mailServer()
	if c.Host == "" {
		return nil
	}
	ch, err := smtp.New(smtpOptions(c))
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	a.channels = append(a.channels, ch)
	return nil
}

// mailServer is where mails go, with no Host where none is set.
func (a *App) mailServer() config.SMTP {
	if a.opt.Catcher != nil {
		return config.SMTP{Host: "127.0.0.1", Port: a.opt.Catcher.Port(), TLS: config.TLSNone}
	}
	return a.opt.Config.SMTP
}

func (a *App) connections() int {
	if n := a.opt.Config.SMTP.Connections; n > 0 {
		return n
	}
	return 10
}

// leases are the parts that this worker holds, as the dispatcher takes them.
func (a *App) leases() []notifications.Lease {
	held := a.holder.Held()
	out := make([]notifications.Lease, len(held))
	for i, l := range held {
		out[i] = l
	}
	return out
}

// Work plans, sends and runs the timetable until ctx is done, and then drains:
// what was handed over is recorded, what was not begun is given back.
func (a *App) Work(ctx context.Context) error {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var loops sync.WaitGroup
	if err := a.beginTicks(ctx); err != nil {
		return err
	}
	loops.Go(func() { a.holder.Run(background) })
	loops.Go(func() { a.ticks.run(background) })
	loops.Go(func() { a.clockLoop(ctx) })
	loops.Go(func() { a.planLoop(ctx) })
	loops.Go(func() { a.letterLoop(ctx) })
	if err := a.jobs.Start(ctx); err != nil {
		return err
	}
	err := a.dispatch.Run(ctx)
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	err = errors.Join(err, a.jobs.Stop(within))
	stop()
	loops.Wait()
	return errors.Join(err, a.StopWorker(within))
}

// planLoop plans the parts that this worker holds, again and again.
func (a *App) planLoop(ctx context.Context) {
	for {
		began := a.opt.Clock.Process()
		if err := a.planHeld(ctx, planAtOnce); err != nil && ctx.Err() == nil {
			a.log.Warn("planning failed; it is tried again", "error", err)
		}
		timer := time.NewTimer(max(planEvery-(a.opt.Clock.Process()-began), planEvery/10))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// planHeld plans the dirty ones of the held parts, as many at once as asked for:
// one reads while another's rows are written. One that fails stops no other.
func (a *App) planHeld(ctx context.Context, atOnce int) error {
	if _, err := a.planner.FanOut(ctx, fanOutLimit); err != nil {
		return err
	}
	dirty, err := a.planner.DirtyParts(ctx)
	if err != nil {
		return err
	}
	var held []int
	for _, l := range a.holder.Held() {
		if _, found := slices.BinarySearch(dirty, l.Part()); found {
			held = append(held, l.Part())
		}
	}
	failed := make([]error, len(held))
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i, part := range held {
		g.Go(func() error {
			_, failed[i] = a.planner.Plan(ctx, part)
			return nil
		})
	}
	return errors.Join(g.Wait(), errors.Join(failed...))
}

// Plan plans once what is dirty in the parts that no other worker holds, as
// Work does again and again.
func (a *App) Plan(ctx context.Context) error {
	if err := a.holder.Step(ctx); err != nil {
		return err
	}
	return errors.Join(a.planHeld(ctx, planAtOnce), a.holder.Release(ctx))
}

// Step does once, in a fixed order and in this goroutine, what Work does again
// and again: the clock, leases, due jobs, planning, dispatch. The demo's past, tests and
// simulations live by it.
func (a *App) Step(ctx context.Context) (notifications.Stats, error) {
	if err := a.beginTicks(ctx); err != nil {
		return notifications.Stats{}, err
	}
	if err := a.afterClockHold(ctx); err != nil {
		return notifications.Stats{}, err
	}
	if err := a.holder.Step(ctx); err != nil {
		return notifications.Stats{}, err
	}
	if err := a.jobs.Step(ctx); err != nil {
		return notifications.Stats{}, err
	}
	if err := a.planHeld(ctx, 1); err != nil {
		return notifications.Stats{}, err
	}
	return a.dispatch.RunOnce(ctx, a.workMillis())
}

// ErrUnknownJob says that the timetable has no such job.
var ErrUnknownJob = scheduler.ErrUnknownJob

// JobDispatch is not in the timetable, since a worker dispatches all the time.
const JobDispatch = "dispatch"

// RunJob runs one job of the timetable now, whenever it is due, or dispatches
// what is due in the parts that no other worker holds.
func (a *App) RunJob(ctx context.Context, name string) error {
	if name == JobDispatch {
		return a.dispatchOnce(ctx)
	}
	return a.jobs.RunOnce(ctx, name, a.opt.Clock.Domain())
}

// errClock says that nothing was sent, as of rule L7.
var errClock = errors.New("nothing is sent: this machine's clock is in doubt; see that its time is right and that of the other workers, and try again")

func (a *App) dispatchOnce(ctx context.Context) error {
	if err := a.beginTicks(ctx); err != nil {
		return err
	}
	if a.ticks.halted() {
		return fmt.Errorf("%w (%s)", errClock, a.ticks.doubt())
	}
	if err := a.holder.Step(ctx); err != nil {
		return err
	}
	_, err := a.dispatch.RunOnce(ctx, a.workMillis())
	return errors.Join(err, a.holder.Release(ctx))
}

func smtpOptions(c config.SMTP) smtp.Options {
	o := smtp.Options{
		Host: c.Host, Port: c.Port, User: c.User, Password: string(c.Password),
		Connections: c.Connections, Rate: c.RatePerSecond,
	}
	switch c.TLS {
	case config.TLSNone:
		o.TLS = smtp.NoTLS
	case config.TLSImplicit:
		o.TLS = smtp.ImplicitTLS
	default:
		o.TLS = smtp.StartTLS
	}
	return o
}
