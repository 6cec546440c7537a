package event

import (
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Scopes of the API.
const (
	ScopeRead  = "events:read"
	ScopeWrite = "events:write"
)

// Refusals of the service.
var (
	ErrRole = fault.New(fault.Forbidden, "role_missing")
	// ErrOwnApproval: whoever made or last edited an event does not approve it.
	ErrOwnApproval = fault.New(fault.Forbidden, "event.own_approval")
	// ErrVersion: the event has changed since the caller read it.
	ErrVersion = fault.New(fault.PreconditionFailed, "version")
)

// Visible is nil for staff with any role on a unit of the event's scope at
// now, else ErrAbsent, as for an event that is unknown.
func (e Event) Visible(a actor.Actor, now calendar.Instant) error {
	for _, role := range actor.Roles() {
		if a.HoldsAbove(int64(now), role, e.Scope...) {
			return nil
		}
	}
	return record.ErrAbsent
}

// mayPlan lets organizers of the very lead unit.
func (e Event) mayPlan(a actor.Actor, now calendar.Instant) error {
	if err := e.Visible(a, now); err != nil {
		return err
	}
	if !a.Holds(int64(now), actor.Organizer, e.Unit) {
		return ErrRole
	}
	return nil
}

// mayJudge lets approvers of the lead unit, or of one above it.
func (e Event) mayJudge(a actor.Actor, above []string, now calendar.Instant) error {
	if err := e.Visible(a, now); err != nil {
		return err
	}
	if !a.HoldsAbove(int64(now), actor.Approver, above...) {
		return ErrRole
	}
	return nil
}

func (e Event) seen(ifMatch int64) error {
	if ifMatch != 0 && ifMatch != e.Version() {
		return ErrVersion
	}
	return nil
}
