package weeks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/sim/gate"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// workers is how many workers share the parts.
const workers = 2

// restAfter is how long after the last act everything has to be final.
const restAfter = 60 * day

// triesMost is how often workers look in vain at what should be final: for more
// than a day.
const triesMost = 100

// errRestless says that something goes on for ever.
var errRestless = errors.New("it does not come to rest")

// world is one life of a plan on one database.
type world struct {
	*crew

	plan   *plan
	config config.Config
	office *place
	places []*place // of the workers
	extra  *place   // of a process that nobody asked for
	post   *post
	// truth is the store without a gate: what the simulation itself looks into.
	truth store.Set

	acts    []act // that are still to come
	cued    []act // that wait for their cue
	strikes []*strike
	lates   []late
	holds   []oracle.Hold
	// prints and calls are what went out on paper, and what came of it.
	prints   []oracle.Print
	calls    []oracle.Call
	refusals []oracle.Refusal
	merged   []oracle.Merge
	offers   []oracle.Offer
	ruleAt   map[string]notifications.Millis
	// changedAt is when a person, a contact or a seat was changed last, by its id.
	changedAt map[string]notifications.Millis
	ticks     []millis // when workers surely look again
	drained   bool

	parts  map[int]bool
	names  names
	rows   rowBook
	facts  factBook
	flight map[string]*flight

	// jobs are the workers' timetable, claimed those that run, ran when each last
	// began or ended. idle are the leases of parts in which nothing happens.
	jobs    *timetable
	idle    map[string]scheduler.LeaseRow
	claimed map[string]bool
	ran     map[string]millis

	struck map[string]int
	lines  []string
}

// late is something that a store does after its caller gave up.
type late struct {
	at millis
	do func() error
}

// place is where one program runs, and another after it was killed.
type place struct {
	actor *player
	gate  *gatekeeper
	app   *app.App
	watch watch
	// hired counts the programs, opens is when the next one begins.
	hired int
	opens millis
	err   error
}

func newWorld(p *plan, c config.Config) *world {
	w := &world{
		crew: newCrew(p.seed, p.begins), plan: p, config: c,
		parts: map[int]bool{}, flight: map[string]*flight{}, struck: map[string]int{},
		ruleAt: map[string]notifications.Millis{}, changedAt: map[string]notifications.Millis{},
		jobs: &timetable{map[string]scheduler.JobState{}}, idle: map[string]scheduler.LeaseRow{}, claimed: map[string]bool{}, ran: map[string]millis{},
		names: newNames(p), rows: newRowBook(), facts: newFactBook(),
	}
	for _, at := range p.looks {
		w.tickAt(at)
	}
	for _, a := range p.acts {
		if a.cue != nil {
			w.cued = append(w.cued, a)
		} else {
			w.acts = append(w.acts, a)
		}
	}
	for _, s := range p.strikes {
		again := *s
		w.strikes = append(w.strikes, &again)
	}
	for _, e := range p.events {
		w.parts[e.part()] = true
	}
	w.post = newPost(w)
	w.office = w.settlePlace("office", -1)
	for n := range workers {
		w.places = append(w.places, w.settlePlace(fmt.Sprintf("worker-%d", n+1), n))
	}
	w.extra = w.settlePlace("another", workers)
	return w
}

func (w *world) settlePlace(name string, n int) *place {
	p := &place{actor: w.hire(name)}
	p.gate = &gatekeeper{world: w, actor: p.actor, place: n}
	return p
}

// open opens the program in a place.
func (w *world) open(ctx context.Context, p *place) (err error) {
	p.gate.off, p.gate.killed = true, false
	defer func() { p.gate.off = false }()
	seed := w.plan.seed<<16 + uint64(p.gate.place+2)<<8 + uint64(p.hired)
	p.hired++
	p.app, err = app.Open(ctx, app.Options{
		Config: w.config, Clock: w.clockOf(p), IDs: newIDs(seed), SyncOff: true,
		Wrap: func(set store.Set) store.Set {
			if p == w.office {
				w.truth = set
			}
			set.Paper = paperRows{set.Paper, w, p.gate}
			set.Ledger, set.Jobs, set.Leases = &ledger{set.Ledger, w, p.gate}, w.jobs, leases{set.Leases, w}
			set.Events, set.Registrations = notedEvents{set.Events, w}, notedRegistrations{set.Registrations, w}
			set.Residents, set.Contacts, set.Rules = notedResidents{set.Residents, w}, notedContacts{set.Contacts, w}, notedRules{set.Rules, w}
			return quiet(gate.Wrap(set, p.gate), w)
		},
		Channels: []notifications.Channel{gate.Channel(w.post.of(p.actor), p.gate)},
	})
	return err
}

// jump is by how much a place's wall clock differs.
func (w *world) jump(n int) millis {
	for _, s := range w.strikes {
		if s.fault == faultClockJump && s.place == n && s.at <= w.now && w.now < s.at+s.lasts {
			if !s.done {
				s.done = true
				w.struck[s.fault]++
			}
			return s.jump
		}
	}
	return 0
}

// live plays the plan to its end.
func (w *world) live(ctx context.Context) error {
	if err := w.open(ctx, w.office); err != nil {
		return fmt.Errorf("open the office: %w", err)
	}
	w.office.gate.off = true
	if _, err := w.office.app.Release(ctx, ""); err != nil { // a copied file is held
		return err
	}
	w.office.gate.off = false
	for {
		w.settle()
		if err := w.mind(); err != nil {
			return err
		}
		next, err := w.next(ctx)
		if err != nil || next == 0 {
			return err
		}
		if next > w.plan.ends+restAfter || w.rows.tries > triesMost {
			return errRestless
		}
		w.set(next)
		if err := w.start(ctx); err != nil {
			return err
		}
	}
}

// mind looks after actors that ended: the dead are buried, and what failed
// without a fault is told.
func (w *world) mind() error {
	for _, p := range append([]*place{w.office, w.extra}, w.places...) {
		if p.actor.failed != nil {
			return p.actor.failed
		}
		if p.actor.busy {
			continue
		}
		if p.gate.killed {
			if err := w.bury(p); err != nil {
				return err
			}
		}
		if p.err != nil && p.gate.struck == 0 {
			return fmt.Errorf("%s at %s: %w", p.actor.name, moment(w.now), p.err)
		}
		p.err, p.gate.struck = nil, 0
	}
	return w.post.failed
}

// bury closes a program that was killed. Another begins after a while.
func (w *world) bury(p *place) error {
	for id, f := range w.flight {
		if f.gate == p.gate {
			delete(w.flight, id)
		}
	}
	err := p.app.Close()
	p.app, p.gate.killed, p.watch = nil, false, watch{}
	w.believe(p) // of the next one's clock its own start tells
	p.opens = w.now + lastsOf[w.turns.IntN(len(lastsOf))]
	w.tickAt(p.opens)
	return err
}

// next is when something happens next, 0 for never again.
func (w *world) next(ctx context.Context) (millis, error) {
	next := w.nextWake()
	sooner := func(at millis) {
		if at != 0 && (next == 0 || at < next) {
			next = at
		}
	}
	if len(w.acts) > 0 && !w.office.actor.busy {
		sooner(w.acts[0].at)
	}
	for _, l := range w.lates {
		sooner(l.at)
	}
	for _, s := range w.strikes {
		if s.fault == faultDuplicateTick && !s.done {
			sooner(s.at)
		}
	}
	if len(w.ticks) > 0 {
		sooner(w.ticks[0])
	}
	at, err := w.restless(ctx)
	if err != nil {
		return 0, err
	}
	sooner(at)
	if next == 0 && !w.drained {
		w.drain()
		return w.now + second, nil
	}
	if next != 0 && next <= w.now {
		next = w.now + 1
	}
	return next, nil
}

// drain ends all faults and holds: from here on all that is left becomes final.
func (w *world) drain() {
	w.drained, w.strikes, w.cued = true, nil, nil
	w.acts = append(w.acts, act{at: w.now + second, who: "office", name: "all is released", do: releaseAll})
}

// start begins what is to happen at this time.
func (w *world) start(ctx context.Context) error {
	lates := w.lates
	w.lates = nil
	for _, l := range lates {
		if l.at > w.now {
			w.lates = append(w.lates, l)
			continue
		}
		w.rows.staleAll()
		if err := l.do(); err != nil {
			return err
		}
	}
	if len(w.acts) > 0 && w.acts[0].at <= w.now && !w.office.actor.busy {
		next := w.acts[0]
		w.acts = w.acts[1:]
		w.begin(w.office.actor, func() { w.act(ctx, next) })
		if w.turns.IntN(2) == 0 { // else workers come when it is done
			return nil
		}
	}
	if err := w.duplicate(ctx); err != nil {
		return err
	}
	return w.tick(ctx)
}

// duplicate has a third process work beside the workers where a strike says so.
func (w *world) duplicate(ctx context.Context) error {
	for _, s := range w.strikes {
		if s.fault != faultDuplicateTick || s.done || s.at > w.now {
			continue
		}
		s.done = true
		if w.extra.actor.busy {
			continue
		}
		if w.extra.app == nil {
			if err := w.open(ctx, w.extra); err != nil {
				return err
			}
		}
		w.struck[s.fault]++
		w.begin(w.extra.actor, func() {
			// either may be refused while a worker does the same
			_ = w.extra.app.RunJob(ctx, "plan")
			_ = w.extra.app.RunJob(ctx, app.JobDispatch)
		})
	}
	return nil
}

// tick has the workers that are there and idle do what is due.
func (w *world) tick(ctx context.Context) error {
	for len(w.ticks) > 0 && w.ticks[0] <= w.now {
		w.ticks = w.ticks[1:]
	}
	w.rows.ticked = w.now
	for _, p := range w.places {
		if p.actor.busy || p.opens > w.now {
			continue
		}
		if p.app == nil {
			if err := w.open(ctx, p); err != nil {
				return err
			}
		}
		w.begin(p.actor, func() {
			w.tickOf(p)
			_, p.err = p.app.Step(ctx)
		})
	}
	return nil
}

// tickAt has the workers look at that time.
func (w *world) tickAt(at millis) {
	if i, found := slices.BinarySearch(w.ticks, at); !found {
		w.ticks = slices.Insert(w.ticks, i, at)
	}
}

// later does something after a while.
func (w *world) later(d millis, do func() error) {
	w.lates = append(w.lates, late{w.now + d, do})
}

// due finds a strike that falls now.
func (w *world) due(place int, meets func(*strike) bool) *strike {
	for _, s := range w.strikes {
		if s.done || s.place != place || s.at > w.now || s.ofMail() || !meets(s) {
			continue
		}
		if s.skip > 0 {
			s.skip--
			continue
		}
		s.done = true
		return s
	}
	return nil
}

// tellf adds a line to the history.
func (w *world) tellf(who, format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf("%s %-9s %s", moment(w.now), who, fmt.Sprintf(format, args...)))
}

func (w *world) close() error {
	errs := []error{w.post.scanner.close()}
	for _, p := range append([]*place{w.extra, w.office}, w.places...) {
		if p.app != nil && !p.actor.busy {
			errs = append(errs, p.app.Close())
		}
	}
	return errors.Join(errs...)
}

// moment is a time as histories show it: local time of the province.
func moment(at millis) string {
	return time.UnixMilli(int64(at)).In(local).Format("2006-01-02T15:04:05.000")
}

// local is the province's time.
var local = time.FixedZone("+07", 7*60*60)

func releaseAll(ctx context.Context, w *world) error {
	holds, err := w.office.app.Holds(ctx)
	if err != nil {
		return err
	}
	for _, h := range holds {
		if err := w.release(ctx, h.Unit); err != nil {
			return err
		}
	}
	return nil
}
