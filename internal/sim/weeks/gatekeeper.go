package weeks

import (
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/sim/gate"
)

// gatekeeper is the gate of one worker's place, or of the office: every call
// of a port passes it, and strikes fall there.
type gatekeeper struct {
	world *world
	actor *player
	// place is the worker's number, from 0; -1 for the office.
	place int
	// off lets calls pass, while the program is opened and closed.
	off    bool
	killed bool
	// struck counts the faults that fell in the work under way.
	struck int
}

var _ gate.Gate = (*gatekeeper)(nil)

// Before gives way to others and lets a strike fall before the call.
func (g *gatekeeper) Before(call string) error { return g.pass(call, gate.Before) }

// After lets a strike fall after the call: what was done is done.
func (g *gatekeeper) After(call string) error { return g.pass(call, gate.After) }

func (g *gatekeeper) pass(call string, side gate.Side) error {
	if g.off {
		return nil
	}
	if g.killed {
		return gate.ErrKilled
	}
	if side == gate.Before {
		g.actor.giveWay()
		g.world.noteFacts(call)
	}
	if side == gate.After && gate.Writes(call) {
		g.world.wrote(call)
	}
	s := g.world.due(g.place, func(s *strike) bool { return s.meets(call, side) })
	if s == nil {
		return nil
	}
	return g.fall(s, call, side)
}

// fall has a strike do what it does.
func (g *gatekeeper) fall(s *strike, call string, side gate.Side) error {
	g.struck++
	g.world.tellf(g.actor.name, "fault %s %s %s", s.fault, side, call)
	g.world.struck[s.fault]++
	switch s.fault {
	case faultKill:
		g.killed = true
		if side == gate.After && call == "Conn.Send" {
			g.world.post.unheard(g.actor.name)
		}
		return gate.ErrKilled
	case faultPause, faultLease:
		g.actor.park(s.lasts)
		return nil
	case faultStoreError, faultReplyLost:
		return record.ErrAway
	}
	return nil
}

// meets reports whether a strike may fall at the call.
func (s *strike) meets(call string, side gate.Side) bool {
	if s.side != side || !strings.HasPrefix(call, s.focus) {
		return false
	}
	conn := strings.HasPrefix(call, "Conn.") || strings.HasPrefix(call, "Channel.")
	switch s.fault {
	case faultKill:
		return true
	case faultPause, faultLease:
		// between its last look at the time and the first byte nothing helps a
		// process that stands still
		return !(conn && side == gate.Before) && (!s.rows || call == "Ledger.BySubject")
	case faultStoreError:
		return !conn
	case faultReplyLost:
		return !conn && gate.Writes(call)
	}
	return false
}
