package actor

import "slices"

// Kind says what sort of actor it is. The zero kind is Anonymous, which may do
// least.
type Kind uint8

// The kinds of actors.
const (
	KindAnonymous Kind = iota
	KindResident
	KindStaff
	KindSystem
)

// String names the kind.
func (k Kind) String() string {
	switch k {
	case KindResident:
		return "resident"
	case KindStaff:
		return "staff"
	case KindSystem:
		return "system"
	default:
		return "anonymous"
	}
}

// AllScopes is the scope that stands for every scope: a person who signed in,
// or a job of the program, as opposed to an API token.
const AllScopes = "*"

// Actor is who acts. ID is the account's id, or the job's name for the system;
// it is empty for residents, of whose acts nothing is kept that names them.
type Actor struct {
	Kind   Kind
	ID     string
	Grants []Grant
	Scopes []string
	Locale string
}

// Staff is an account with its grants. Scopes are those of its API token;
// a signed-in session passes AllScopes. Without scopes it may do nothing.
func Staff(id string, grants []Grant, scopes ...string) Actor {
	return Actor{Kind: KindStaff, ID: id, Grants: grants, Scopes: scopes}
}

// System is the program itself, running the named job. It holds no role on any
// unit: a service that a job may call says so by asking for the kind.
func System(job string) Actor {
	return Actor{Kind: KindSystem, ID: job, Scopes: []string{AllScopes}}
}

// Resident is somebody who came with a link of their own; no id is kept.
func Resident() Actor { return Actor{Kind: KindResident} }

// Anonymous is anybody at all.
func Anonymous() Actor { return Actor{} }

// Is tells whether the actor is of that kind.
func (a Actor) Is(kind Kind) bool { return a.Kind == kind }

// Holds tells whether the actor has the role on that very unit at now (UTC
// milliseconds). Person data asks this one: grants on ancestors do not count.
func (a Actor) Holds(now int64, role Role, unit string) bool {
	return a.HoldsAbove(now, role, unit)
}

// HoldsAbove tells whether the actor has the role at now on any of units: the
// unit in question and its ancestors. Plans, counts and scores ask this one.
func (a Actor) HoldsAbove(now int64, role Role, units ...string) bool {
	if a.Kind != KindStaff {
		return false
	}
	return slices.ContainsFunc(a.Grants, func(g Grant) bool {
		return g.Role == role && g.Unit != "" && g.Valid(now) && slices.Contains(units, g.Unit)
	})
}

// Any tells whether the actor has one of the roles on that very unit at now.
func (a Actor) Any(now int64, unit string, roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return a.Holds(now, r, unit) })
}

// Scoped tells whether what the actor came with (a token, a session) reaches
// that far; a role is needed besides.
func (a Actor) Scoped(scope string) bool {
	return slices.Contains(a.Scopes, scope) || slices.Contains(a.Scopes, AllScopes)
}
