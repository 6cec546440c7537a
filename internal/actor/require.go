package actor

import "github.com/sunday-with-the-people/sunday/internal/fault"

// ErrScope: what the actor came with (an API token) does not reach that far;
// its argument "scope" names what is missing.
var ErrScope = fault.New(fault.Forbidden, "scope_missing")

// Require gives ErrScope unless the actor is Scoped to scope. It is asked
// before anything is looked up, so that its answer tells of no record.
func (a Actor) Require(scope string) error {
	if a.Scoped(scope) {
		return nil
	}
	return ErrScope.With("scope", scope)
}
