package sim_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/sim/gate"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/internal/sim/weeks"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// recovery is when a new worker has something to do after a kill: it takes the
// leases of the dead one, sweeps what that left, and sends it again.
var recovery = []time.Duration{time.Minute, 3 * time.Minute, 5 * time.Minute, 7 * time.Minute}

// clock is both clocks of a world: they move together, by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

func (c *clock) millis() notifications.Millis { return notifications.Millis(c.now().UnixMilli()) }

func (c *clock) clock() app.Clock {
	process := func() time.Duration { return c.now().Sub(monday) }
	return app.Clock{
		Domain: c.now, Process: process,
		Wall: func() time.Time { return time.UnixMilli(0).Add(process()) },
	}
}

// world is one life of the scene on one database: an office that nothing
// happens to, and a worker whose calls pass a gate.
type world struct {
	scene  *scene
	config config.Config
	clock  *clock
	office *app.App
	worker *app.App
	post   *post
	gate   *gate.Counter
	// before takes the place of gate before the ports, if it is set.
	before gate.Gate
	// deaths counts the workers that were killed.
	deaths int
	// begins are the numbers of calls that were made before each tick.
	begins []int
}

func configOf(dataDir string) config.Config {
	return config.Config{
		DataDir: dataDir, BaseURL: "https://sunday.example.org",
		Secret: "a secret that the tests of this folder share",
	}
}

// open opens the program on the world's database, as a new process would.
func (w *world) open(ctx context.Context, seed uint64, wrap func(store.Set) store.Set, channel notifications.Channel) (*app.App, error) {
	return app.Open(ctx, app.Options{
		Config: w.config, Clock: w.clock.clock(), IDs: id.Seeded(seed), Wrap: wrap, SyncOff: true,
		Channels: []notifications.Channel{channel},
	})
}

// live plays the scene to its end and tells what happened.
func (w *world) live(ctx context.Context) (h oracle.History, err error) {
	w.clock.set(monday)
	w.post = &post{now: w.clock.millis, events: w.scene.parts(), keys: &w.scene.keys}
	if w.office, err = w.open(ctx, 2, nil, w.post); err != nil {
		return h, fmt.Errorf("open the office: %w", err)
	}
	defer func() { err = errors.Join(err, w.office.Close()) }()
	w.post.store = w.office.Store()
	if _, err := w.office.Release(ctx, ""); err != nil { // a copied file is held
		return h, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	for i, s := range w.scene.stages() {
		if err := w.play(ctx, s); err != nil {
			return h, fmt.Errorf("stage %d: %w", i, err)
		}
	}
	return w.history(ctx)
}

func (w *world) close() error {
	if w.worker == nil {
		return nil
	}
	return w.worker.Close()
}

// play has one stage happen. If the fault strikes in it, the worker, or the one
// in its place, is given the time to make it good.
func (w *world) play(ctx context.Context, s stage) error {
	w.clock.set(s.at)
	if s.act != nil {
		if err := s.act(ctx, w); err != nil {
			return err
		}
	}
	before := w.gate.Struck()
	for _, after := range s.ticks {
		w.clock.set(s.at.Add(after))
		if err := w.tick(ctx); err != nil {
			return err
		}
	}
	if w.gate.Struck() == before {
		return nil
	}
	last := w.clock.now()
	for _, after := range recovery {
		w.clock.set(last.Add(after))
		if err := w.tick(ctx); err != nil {
			return err
		}
	}
	return nil
}

// tick lets the worker do all that is due. A worker that is killed in it gets a
// successor at once.
func (w *world) tick(ctx context.Context) error {
	w.begins = append(w.begins, len(w.gate.Calls()))
	struck := w.gate.Struck()
	err := w.work(ctx)
	switch {
	case w.deaths == 0 && w.gate.Killed():
		return w.bury(ctx)
	case w.gate.Struck() != struck:
		return nil // the fault itself
	}
	return err
}

func (w *world) work(ctx context.Context) error {
	if w.worker == nil {
		if err := w.hire(ctx); err != nil {
			return err
		}
	}
	_, err := w.worker.Step(ctx)
	return err
}

// hire opens a worker: the first one behind the gate, later ones free.
func (w *world) hire(ctx context.Context) (err error) {
	channel := notifications.Channel(w.post)
	parts := map[int]bool{}
	for _, part := range w.scene.parts() {
		parts[part] = true
	}
	wrap := func(set store.Set) store.Set { return quiet(set, parts) }
	if w.deaths == 0 {
		before := w.before
		if before == nil {
			before = w.gate
		}
		channel = gate.Channel(channel, before)
		wrap = func(set store.Set) store.Set { return quiet(gate.Wrap(set, before), parts) }
	}
	w.worker, err = w.open(ctx, 3+uint64(w.deaths), wrap, channel)
	return err
}

// bury ends the killed worker and begins the next.
func (w *world) bury(ctx context.Context) error {
	w.deaths++
	err := w.close()
	w.worker = nil
	return errors.Join(err, w.work(ctx))
}

// history is what happened, with everything that the store says at the end.
func (w *world) history(ctx context.Context) (oracle.History, error) {
	h := oracle.History{HandOvers: w.post.handed, End: w.clock.millis()}
	if w.post.failed != nil {
		return h, w.post.failed
	}
	set := w.office.Store()
	for event, part := range w.scene.parts() {
		rows, err := set.Ledger.BySubject(ctx, part, event, nil)
		if err != nil {
			return h, err
		}
		h.Rows = append(h.Rows, rows...)
		regs, err := set.Registrations.Page(ctx, registration.Filter{Event: event}, page.Request{Limit: 100})
		if err != nil {
			return h, err
		}
		for _, r := range regs.Items {
			f, err := weeks.FactsOf(ctx, set, event, r.Resident)
			if err != nil {
				return h, err
			}
			h.Facts = append(h.Facts, f)
		}
	}
	return h, nil
}
