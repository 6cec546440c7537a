package actor

import "slices"

// Role is what an account may do on a unit.
type Role string

// The roles. What each may do is decided by the nouns' services.
const (
	Admin       Role = "admin"
	Organizer   Role = "organizer"
	Approver    Role = "approver"
	Reviewer    Role = "reviewer"
	Appraiser   Role = "appraiser"
	CheckIn     Role = "checkin"
	VillageHead Role = "village_head"
	Auditor     Role = "auditor"
	Viewer      Role = "viewer"
	Operator    Role = "operator"
)

// Roles lists every role, in the order in which forms show them.
func Roles() []Role {
	return []Role{
		Admin, Organizer, Approver, Reviewer, Appraiser,
		CheckIn, VillageHead, Auditor, Viewer, Operator,
	}
}

// Valid tells whether the role is one of Roles.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// Grant gives a role on a unit for a time, since hundreds of officials are
// seconded for months. From is included and Until is not, both in UTC
// milliseconds; 0 leaves that side open.
type Grant struct {
	Role  Role   `json:"role"`
	Unit  string `json:"unit"`
	From  int64  `json:"from,omitempty"`
	Until int64  `json:"until,omitempty"`
}

// Valid tells whether the grant holds at now (UTC milliseconds).
func (g Grant) Valid(now int64) bool {
	return (g.From == 0 || g.From <= now) && (g.Until == 0 || now < g.Until)
}
