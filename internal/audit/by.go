package audit

import "github.com/sunday-with-the-people/sunday/internal/actor"

// By names who acted, as an entry keeps it: "account:ID", "job:NAME",
// "resident" or "anonymous". Of residents no more is kept.
func By(a actor.Actor) string {
	switch a.Kind {
	case actor.KindStaff:
		return "account:" + a.ID
	case actor.KindSystem:
		return "job:" + a.ID
	default:
		return a.Kind.String()
	}
}
