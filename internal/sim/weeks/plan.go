package weeks

import (
	"cmp"
	"context"
	"fmt"
	randv2 "math/rand/v2"
	"slices"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// monday is when every simulation begins.
var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, local)

// act is something that an official or a resident does.
type act struct {
	at   millis
	who  string
	name string
	do   func(ctx context.Context, w *world) error
	// cue is what it waits for from then on, and may never come; nil for nothing.
	cue *cue
}

// plan is all that is to happen in one simulation, worked out from the seed
// before it begins. What is left out of acts and strikes changes no other.
type plan struct {
	seed         uint64
	begins, ends millis
	units        []string // ids: the province, then the communes
	// villages are one of each unit's, none of the province's.
	villages []string
	// rules are the ids of reminder rules of units, with what histories call them.
	rules   map[string]string
	people  []person
	events  []*sunday
	acts    []act
	strikes []*strike
	// looks are moments at which workers look in any case.
	looks []millis
}

// person is somebody who takes part.
type person struct {
	id    string
	unit  int // of plan.units
	name  string
	email string
	phone string
	// household is shared by a family that has one address.
	household string
	// guest is somebody whom nobody knows before they fill in a form.
	guest     bool
	reminders bool
	surveys   bool
	news      bool
	inVillage bool
}

// ids are all ids that the person may get.
func (one person) ids(p *plan) []string {
	all := []string{one.id}
	for _, e := range p.events {
		all = append(all, id.Hash("form", e.id, one.form(e)))
	}
	return all
}

// form is the random id that a form of the person's carries.
func (one person) form(e *sunday) string { return "form-" + one.id + "-" + e.id[:8] }

// sunday is one event.
type sunday struct {
	id    string
	unit  int
	kind  event.Type
	start millis
	seats int
	// rules are the ids of its reminders with what histories call them.
	rules map[string]string
	// inVillage says that it is in the unit's village.
	inVillage bool
	// copyOf is the event that it is copied from, or nil.
	copyOf *sunday
}

// eve is when people are reminded of an event, unless somebody wants it
// otherwise: at 19:00 on the day before.
func (e *sunday) eve() millis {
	on := time.UnixMilli(int64(e.start)).In(local)
	return millis(time.Date(on.Year(), on.Month(), on.Day()-1, 19, 0, 0, 0, local).UnixMilli())
}

func (e *sunday) part() int { return id.Part(e.id) }

func (e *sunday) defaultRule() string { return id.Hash("reminder", e.id, "default") }

func (w *world) partOf(event string) int { return id.Part(event) }

// personOf finds a person by an id.
func (p *plan) personOf(resident string) (int, bool) {
	for i, one := range p.people {
		if slices.Contains(one.ids(p), resident) {
			return i, true
		}
	}
	return 0, false
}

// writer makes a plan.
type writer struct {
	*plan

	r       *randv2.Rand
	ids     id.Source
	faults  []string
	parts   []int
	perUnit int
	// doubtful are moments at which a mail's answer is lost, jumps those at which
	// every worker's clock is found to be wrong.
	doubtful, jumps []millis
}

// newPlan works a plan out.
func newPlan(seed uint64, weeks, units int, faults []string) (*plan, error) {
	codes, err := communes(units)
	if err != nil {
		return nil, err
	}
	p := &plan{seed: seed, begins: millis(monday.UnixMilli()), rules: map[string]string{}, villages: []string{""}}
	p.ends = p.begins + millis(weeks)*7*day
	p.units = []string{unit.StateID(province)}
	for _, c := range codes {
		p.units, p.villages = append(p.units, unit.StateID(c)), append(p.villages, villageID(unit.StateID(c)))
	}
	w := &writer{
		plan: p, r: randv2.New(randv2.NewPCG(seed, 0x53756e646179)), ids: id.Seeded(seed), faults: faults, //nolint:gosec // see crew.set
		perUnit: 6,
	}
	w.parts = []int{int(seed % id.Parts), int((seed*7 + 13) % id.Parts)}
	for u := 1; u <= units; u++ {
		w.settle(u)
	}
	for week := range weeks {
		for u := 1; u <= units; u++ {
			w.week(u, week)
		}
	}
	w.inherited()
	w.merges()
	w.lives()
	w.holds()
	inOrder(p.acts)
	var hot []millis
	for _, a := range p.acts {
		hot = append(hot, a.at)
	}
	for _, e := range p.events {
		hot = append(hot, e.eve(), e.eve(), e.start+27*hour)
	}
	if len(faults) > 0 {
		p.strikes = append(w.oneClock(strikes(w.r, faults, hot, len(p.people))), w.meant()...)
	}
	w.interludes()
	inOrder(p.acts)
	return p, nil
}

// inOrder puts acts into the order of their times.
func inOrder(acts []act) {
	slices.SortStableFunc(acts, func(a, b act) int { return cmp.Compare(a.at, b.at) })
}

// chance is true in so many of a hundred cases.
func (w *writer) chance(percent int) bool { return w.r.IntN(100) < percent }

// between draws a time.
func (w *writer) between(from, until millis) millis {
	if until <= from {
		return from
	}
	return from + millis(w.r.Int64N(int64(until-from)/1000))*second
}

// amid draws a moment at which something else happens: just then in half of all
// cases, so that the act falls between two calls of a worker.
func (w *writer) amid(at millis) millis {
	if w.chance(50) {
		return at
	}
	return at + millis(w.r.IntN(240)-120)*second
}

// add plans an act.
func (w *writer) add(at millis, who, name string, do func(context.Context, *world) error) {
	w.acts = append(w.acts, act{at: max(at, w.begins), who: who, name: name, do: do})
}

// idIn draws an id that lies in one of the few parts.
func (w *writer) idIn() string {
	for {
		if drawn := w.ids.New(int64(w.begins)); slices.Contains(w.parts, id.Part(drawn)) {
			return drawn
		}
	}
}

// settle gives a unit its people.
func (w *writer) settle(u int) {
	var known []int
	for range w.perUnit {
		n := len(w.people)
		one := person{
			id: w.ids.New(int64(w.begins)), unit: u, name: fmt.Sprintf("Person %d", n),
			reminders: w.chance(90), surveys: w.chance(80), news: w.chance(50), inVillage: w.chance(60),
		}
		switch before := n - 1; {
		case before >= 0 && w.people[before].unit == u && w.people[before].email != "" && w.chance(40):
			one.email = w.people[before].email // a family, or an office
			if w.chance(80) {
				one.household = or(w.people[before].household, fmt.Sprintf("family %d", before))
				w.people[before].household = one.household
			}
		case w.chance(70):
			one.email = fmt.Sprintf("person.%d@example.org", n)
		case w.chance(65):
			one.phone = fmt.Sprintf("+84912%06d", n)
		}
		if one.guest = one.email != "" && w.chance(30); !one.guest && one.phone == "" && w.chance(35) {
			one.phone = fmt.Sprintf("+84913%06d", n)
		}
		w.people = append(w.people, one)
		if !one.guest {
			known = append(known, n)
		}
	}
	w.add(w.begins, "office", fmt.Sprintf("enters %d people of unit-%d", len(known), u), func(ctx context.Context, x *world) error {
		for _, n := range known {
			if err := x.enterPerson(ctx, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// name is what histories call an event.
func (w *writer) name(e *sunday) string {
	return fmt.Sprintf("event-%02d", slices.Index(w.events, e))
}
