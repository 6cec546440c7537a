package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
)

// atOnce is how many units are lived on one stage. The shown commune comes
// first and alone.
const atOnce = 8

// shownMails is how many of the shown commune's mails can be read afterwards.
const shownMails = 150

// making makes a sample, stage by stage, beside the program that people look at.
type making struct {
	app     *app.App
	now     func() time.Time // the program's domain time
	catcher *mailcatch.Catcher
	base    *base
	way     *way
	// show leaves the next Sunday of the shown commune to Demo.Show.
	show bool

	places []place
	state  state
	kept   string // the state as it is stored
}

// begin makes what there has to be before anybody looks: the accounts, the
// villages and the next Sunday of every unit. In a database that has it, it
// finds how far the sample is.
func (m *making) begin(ctx context.Context, want state) (err error) {
	if err := m.base.sweep(); err != nil {
		return err
	}
	if m.state, m.kept, err = load(ctx, m.app); err != nil {
		return err
	}
	if m.kept == "" {
		m.state = want
	}
	if m.places, err = provinceOf(m.state.Units, m.state.Residents, m.state.Seed); err != nil || m.kept != "" {
		return err
	}
	return m.onStage(ctx, m.state.origin().beginning(), func(s *stage) error { return m.first(ctx, s) })
}

// onStage opens a stage on a new base and removes both.
func (m *making) onStage(ctx context.Context, at time.Time, do func(*stage) error) (err error) {
	if m.base.own == "" {
		if err := m.base.make(ctx); err != nil {
			return err
		}
	}
	s, err := m.base.openStage(ctx, m.way, m.state.Seed<<16+uint64(m.state.Made), at)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	return do(s)
}

func (m *making) first(ctx context.Context, s *stage) error {
	if err := hire(ctx, s.app, m.state.Seed, m.places); err != nil {
		return err
	}
	for _, p := range m.places {
		if err := lay(ctx, s.app, m.state.Seed, p); err != nil {
			return err
		}
	}
	l := newLife(s, m.state.Seed, m.state.origin())
	for i, p := range m.places {
		if h := l.heldAt(p, next); i == 0 && m.show {
			h.prepare() // it is published before everybody's eyes
		} else {
			h.plan()
		}
	}
	if err := l.live(ctx, m.now()); err != nil {
		return err
	}
	if err := m.carry(ctx, s, m.state); err != nil {
		return err
	}
	return m.base.close() // the next one has the accounts and villages too
}

// whole plans all of one Sunday of a place.
func (l *life) whole(p place, n int) {
	if l.people[p.code] == nil {
		l.people[p.code] = p.people(l.seed)
		l.quietly(l.origin.beginning(), func(ctx context.Context) error { return l.enroll(ctx, p) })
	}
	h := l.heldAt(p, n)
	h.plan()
	h.join()
	h.meet()
}

// rest makes the weeks of all other units, some at a time, and tells how many
// units are made. It may be cancelled at any moment, and goes on where it was.
func (m *making) rest(ctx context.Context, tell func(made int)) (err error) {
	defer func() { err = errors.Join(err, m.base.close()) }()
	if err := m.joinAll(ctx); err != nil {
		return err
	}
	for tell(m.state.Made); m.state.Made < len(m.places); tell(m.state.Made) {
		some := m.places[m.state.Made:min(m.state.Made+atOnce, len(m.places))]
		if m.state.Made == 0 {
			some = some[:1]
		}
		err := m.onStage(ctx, m.state.origin().beginning(), func(s *stage) error { return m.more(ctx, s, some) })
		if err == nil {
			err = errors.Join(m.joinAll(ctx), m.score(ctx))
		}
		if err != nil {
			return fmt.Errorf("the sample of the units from %s on: %w", some[0].code, err)
		}
	}
	return nil
}

// more lives the weeks of some units but their next Sunday, which is there.
func (m *making) more(ctx context.Context, s *stage, some []place) error {
	l := newLife(s, m.state.Seed, m.state.origin())
	for _, p := range some {
		for n := range sundays {
			if n != next {
				l.whole(p, n)
			}
		}
	}
	if err := l.live(ctx, m.now()); err != nil {
		return err
	}
	after := m.state
	after.Made += len(some)
	if err := m.carry(ctx, s, after); err != nil || m.state.Made > 1 {
		return err
	}
	mails := s.catcher.Mails()
	for _, mail := range mails[max(0, len(mails)-shownMails):] {
		m.catcher.Keep(mail)
	}
	return nil
}

func (m *making) carry(ctx context.Context, s *stage, after state) error {
	if err := s.end(); err != nil {
		return err
	}
	text, err := after.text()
	if err != nil {
		return err
	}
	if err := m.base.carry(ctx, s, settingSample, m.kept, text); err != nil {
		return err
	}
	m.state, m.kept = after, text
	return nil
}

// score brings the scorecards up to date with what was carried, which the
// worker does within some minutes.
func (m *making) score(ctx context.Context) error {
	now := m.app.Now()
	if _, err := m.app.Services.Emulation.Count(ctx, now, AllUnits); err != nil {
		return err
	}
	_, err := m.app.Services.Emulation.Refresh(ctx, now, AllUnits)
	return err
}

// joinAll has residents of units that are made register for the next Sunday: in
// the program that people look at, whose worker mails them now.
func (m *making) joinAll(ctx context.Context) error {
	for m.state.Joined < m.state.Made {
		if m.state.Joined > 0 || !m.show {
			if err := m.joinNext(ctx, m.places[m.state.Joined]); err != nil {
				return err
			}
		}
		after := m.state
		after.Joined++
		text, err := after.text()
		if err != nil {
			return err
		}
		swapped, err := m.app.Store().Settings.SetSetting(ctx, settingSample, m.kept, text)
		if err != nil {
			return err
		}
		if !swapped {
			return errTwo
		}
		m.state, m.kept = after, text
	}
	return nil
}

func (m *making) joinNext(ctx context.Context, p place) error {
	l := newLife(nil, m.state.Seed, m.state.origin())
	l.people[p.code] = p.people(l.seed)
	h := l.heldAt(p, next)
	staff := p.organizer(m.state.Seed).acting()
	if err := m.publish(ctx, p); err != nil {
		return err
	}
	for _, one := range h.whoJoins() {
		m.way.stepBack()
		_, err := m.app.Services.Registrations.Enter(ctx, staff, registration.Entry{
			Event: p.event(next), Resident: one.id, Slot: slotID, Party: 1 + h.r.IntN(3), Paper: one.email == "",
		})
		if errors.Is(err, registration.ErrClosed) {
			return nil // it is over, or somebody called it off
		}
		if err != nil && !errors.Is(err, registration.ErrFull) {
			return err
		}
	}
	return nil
}

// publish makes up for a show that was ended before it began.
func (m *making) publish(ctx context.Context, p place) error {
	e, err := m.app.Store().Events.Get(ctx, p.event(next))
	if err != nil || e.State != event.Approved {
		return err
	}
	_, err = m.app.Services.Events.Do(ctx, p.organizer(m.state.Seed).acting(), e.ID, 0, event.Publish, "")
	return err
}

// check holds the sizes of a sample to what there is.
func check(units, residents int) error {
	if units < 1 || units > AllUnits || residents < units || residents > maxResidents {
		return errSize
	}
	return nil
}

const maxResidents = 100_000

var errSize = errors.New("the sample has 1 to 124 units, and as many residents or more, up to 100,000")
