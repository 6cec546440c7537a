package account

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Account is one member of staff.
type Account struct {
	record.Head `bson:",inline"`
	// Login is a short name, unique, folded; no address is needed.
	Login string `json:"login"`
	Name  string `json:"name"`
	// Unit is the home unit, whose administrators look after the account.
	Unit   string        `json:"unit"`
	Grants []actor.Grant `json:"grants,omitempty"`
	// RolesSince is when a role was last given to an account that had none just
	// then: sessions from before it do not come back with the role.
	RolesSince calendar.Instant `json:"roles_since,omitempty"`
	Locale     string           `json:"locale,omitempty"`
	// DisabledAt ends the account's tokens and sessions, 0 while it is active.
	DisabledAt calendar.Instant `json:"disabled_at,omitempty"`
}

// Token is a bearer token of the API. Only its hash is kept, as the id.
type Token struct {
	record.Head `bson:",inline"`
	Account     string `json:"account"`
	// Label is what its owner calls it.
	Label string `json:"label"`
	// Scopes such as "events:write"; see Scopes.
	Scopes    []string         `json:"scopes"`
	CreatedAt calendar.Instant `json:"created_at"`
	ExpiresAt calendar.Instant `json:"expires_at"`
	RevokedAt calendar.Instant `json:"revoked_at,omitempty"`
}

// Filter chooses accounts of one home unit.
type Filter struct{ Unit string }

// Store keeps accounts and tokens.
type Store interface {
	Create(ctx context.Context, a *Account) error
	Get(ctx context.Context, id string) (Account, error)
	ByLogin(ctx context.Context, login string) (Account, error)
	Update(ctx context.Context, id string, change func(*Account) error) (Account, error)
	// Page lists accounts by login.
	Page(ctx context.Context, f Filter, r page.Request) (page.List[Account], error)
	CreateToken(ctx context.Context, t *Token) error
	Token(ctx context.Context, hash string) (Token, error)
	UpdateToken(ctx context.Context, hash string, change func(*Token) error) (Token, error)
}
