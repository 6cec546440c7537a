package account

import "slices"

// ScopeWrite is the API scope for looking after accounts.
const ScopeWrite = "accounts:write"

var scopes = []string{
	"units:read", "units:write",
	"residents:read", "residents:write",
	"events:read", "events:write", "events:approve",
	"registrations:read", "registrations:write",
	"attendance:read", "attendance:write", "messages:read",
	"sheets:read", "sheets:write",
	"surveys:read", "surveys:write",
	"scorecards:read", "scorecards:write",
	"audit:read", ScopeWrite, "holds:write",
}

// Scopes is the closed list of what an API token may reach. A scope adds no
// right: the account's roles are needed besides.
func Scopes() []string { return slices.Clone(scopes) }
