package weeks

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// rowBook is what the simulation knows of the ledger, so that it need not read
// all of it whenever nothing happens.
type rowBook struct {
	event  map[string]string // id of a row -> its event
	old    map[string]bool   // events whose rows are to be read again
	all    bool
	rows   map[string][]notifications.Row
	ticked millis
	// gens is the sum of all generations: as long as it stands still, nothing
	// is done with any row.
	gens  int64
	tries int
}

func newRowBook() rowBook {
	return rowBook{event: map[string]string{}, old: map[string]bool{}, rows: map[string][]notifications.Row{}}
}

func (b *rowBook) staleAll() { b.all = true }

// know remembers a row that is about to be inserted.
func (w *world) know(r notifications.Row) {
	w.rows.event[r.ID] = r.Occurrence
	w.rows.old[r.Occurrence] = true
}

// stale says that a row may have changed.
func (w *world) stale(row string) { w.rows.old[w.rows.event[row]] = true }

// stalePart says that rows of a part may have changed.
func (w *world) stalePart(part int) {
	for _, e := range w.plan.events {
		if e.part() == part {
			w.rows.old[e.id] = true
		}
	}
}

// landed says that a row is under way no more.
func (w *world) landed(row string) {
	w.stale(row)
	delete(w.flight, row)
}

// read brings the book up to date.
func (w *world) read(ctx context.Context) error {
	var gens int64
	for _, e := range w.plan.events {
		if w.rows.all || w.rows.old[e.id] {
			rows, err := w.truth.Ledger.BySubject(ctx, e.part(), e.id, nil)
			if err != nil {
				return err
			}
			w.rows.rows[e.id] = rows
		}
		for _, r := range w.rows.rows[e.id] {
			gens += r.Gen
		}
	}
	w.rows.all = false
	clear(w.rows.old)
	if w.rows.gens != gens {
		w.rows.gens, w.rows.tries = gens, 0
	}
	return nil
}

// factBook is what the simulation knows of the facts.
type factBook struct {
	// old says that something was written since, all that it may concern any
	// event, and events which it concerns.
	old, all bool
	events   map[string]bool
	dirty    bool
	// still are ports in which nothing is dirty.
	still map[string]bool
	// times are those at which jobs have something to do, by event and in order.
	of    map[string][]millis
	times []millis
}

// due reports whether a job has something to do, as far as was known when this
// moment began: what was written since is looked at before the next.
func (b *factBook) due(now millis) bool { return len(b.times) > 0 && b.times[0] <= now }

func newFactBook() factBook {
	return factBook{old: true, all: true, events: map[string]bool{}, of: map[string][]millis{}, still: map[string]bool{}}
}

// wrote is told of each write.
func (w *world) wrote(call string) {
	port, _, _ := strings.Cut(call, ".")
	w.facts.still[port] = false
	switch port {
	case "Ledger", "Leases", "Jobs", "Conn", "Channel", "Audit":
	case "Reports": // an erasure
		w.rows.staleAll()
	case "Events", "Registrations", "Residents", "Contacts", "Rules", "Rolls": // see noted
		w.facts.old = true
	default:
		w.facts.old, w.facts.all = true, true
	}
}

// still asks a port for what is dirty, and does not ask again as long as nothing
// was and nobody writes to the port. Faults strike the call all the same.
func still[T any](w *world, port string, ask func() ([]T, error)) ([]T, error) {
	if w.facts.still[port] {
		return nil, nil
	}
	found, err := ask()
	w.facts.still[port] = err == nil && len(found) == 0
	return found, err
}

// look reads what the facts will want.
func (w *world) look(ctx context.Context) error {
	if !w.facts.old {
		return nil
	}
	for _, e := range w.plan.events {
		if !w.facts.all && !w.facts.events[e.id] {
			continue
		}
		w.facts.of[e.id] = nil
		if err := w.lookAt(ctx, e.id); err != nil {
			return err
		}
	}
	w.facts.old, w.facts.all = false, false
	clear(w.facts.events)
	events, err := notedEvents{w.truth.Events, w}.DirtyParts(ctx)
	if err != nil {
		return err
	}
	regs, err := notedRegistrations{w.truth.Registrations, w}.DirtyParts(ctx)
	if err != nil {
		return err
	}
	rules, err := notedRules{w.truth.Rules, w}.Dirty(ctx, 1)
	if err != nil {
		return err
	}
	residents, err := notedResidents{w.truth.Residents, w}.Dirty(ctx, 1)
	w.facts.dirty = len(events)+len(regs)+len(rules)+len(residents) > 0
	w.facts.times = nil
	for _, times := range w.facts.of {
		w.facts.times = append(w.facts.times, times...)
	}
	slices.Sort(w.facts.times)
	return err
}

// lookAt collects the times at which jobs have something to do for an event.
func (w *world) lookAt(ctx context.Context, id string) error {
	add := func(at int64) { w.facts.of[id] = append(w.facts.of[id], millis(at)+second) }
	e, err := w.truth.Events.Get(ctx, id)
	if errors.Is(err, record.ErrAbsent) {
		return nil
	}
	if err != nil {
		return err
	}
	if e.State == event.Published {
		add(int64(e.EndAt))
	}
	s, err := w.truth.Surveys.Get(ctx, id)
	switch {
	case errors.Is(err, record.ErrAbsent):
		if e.State == event.Done || e.State == event.Reported {
			add(int64(e.EndAt) + int64(minute))
		}
	case err != nil:
		return err
	case s.State == survey.Planned:
		add(int64(s.OpensAt))
	case s.State != survey.Closed:
		add(int64(s.ClosesAt) + int64(11*minute))
	}
	held := registration.Filter{Event: id, States: []registration.State{registration.Pending, registration.Offered}}
	regs, err := w.truth.Registrations.Page(ctx, held, page.Request{Limit: 100})
	for _, r := range regs.Items {
		add(int64(r.HoldUntil)) // of a pending seat, or an offer
		if r.State == registration.Offered {
			w.noteOffer(e, r)
		}
	}
	return err
}

// Waits between looks at what has no time of its own.
const (
	lookFirst = 2 * second
	lookMost  = 20 * minute
)

// restless is when a worker should look next, because something is not final
// or is still to come; 0 if nothing is.
func (w *world) restless(ctx context.Context) (millis, error) {
	if err := w.read(ctx); err != nil {
		return 0, err
	}
	if err := w.look(ctx); err != nil {
		return 0, err
	}
	l := &lookout{world: w, waits: w.facts.dirty}
	for _, e := range w.plan.events {
		for _, r := range w.rows.rows[e.id] {
			l.row(r)
		}
	}
	for _, at := range w.facts.times {
		l.at(at)
	}
	if !l.waits {
		w.rows.tries = 0
		return l.next, nil
	}
	l.sooner(w.now + min(lookFirst<<(2*min(w.rows.tries, 5)), lookMost))
	w.rows.tries++
	return l.next, nil
}

// lookout finds the first time at which there is something to do.
type lookout struct {
	world *world
	next  millis
	// waits is whether something should be done already.
	waits bool
}

func (l *lookout) sooner(at millis) {
	if at = max(at, l.world.now+1); l.next == 0 || at < l.next {
		l.next = at
	}
}

// at notes a time, or that it has passed without what was to be done.
func (l *lookout) at(at millis) {
	if at > l.world.rows.ticked {
		l.sooner(at)
	} else {
		l.waits = true
	}
}

// row notes what an open row waits for: what is on paper, for its end.
func (l *lookout) row(r notifications.Row) {
	switch {
	case r.Closed():
	case r.Channel == paper.Channel:
		l.at(millis(r.Until) + second)
	case r.State == notifications.Planned:
		l.at(millis(r.Due))
	default:
		l.waits = true
	}
}

// order is how rows are listed at the end: by names, not by ids.
func (w *world) order(rows []notifications.Row) {
	slices.SortFunc(rows, func(a, b notifications.Row) int {
		return cmp.Or(
			cmp.Compare(w.names.event(a.Occurrence), w.names.event(b.Occurrence)),
			cmp.Compare(w.names.rule(a.Rule), w.names.rule(b.Rule)),
			cmp.Compare(w.names.recipient(a.Recipient), w.names.recipient(b.Recipient)),
			cmp.Compare(a.Round, b.Round), cmp.Compare(a.ID, b.ID),
		)
	})
}
