package api

import (
	"context"
	"net/http"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/page"
)

// Account is a member of staff as administrators see one.
type Account struct {
	ID         string     `json:"id"`
	Login      string     `json:"login"`
	Name       string     `json:"name"`
	Unit       string     `json:"unit" doc:"The home unit, whose administrators look after the account"`
	Locale     string     `json:"locale,omitempty"`
	Grants     []Grant    `json:"grants" nullable:"false" doc:"Roles, those that are over among them"`
	DisabledAt *time.Time `json:"disabled_at,omitempty"`
}

// Grant is a role on a unit for a time.
type Grant struct {
	Role  string     `json:"role" doc:"admin, organizer, approver, reviewer, appraiser, checkin, village_head, auditor, viewer or operator" example:"organizer"`
	Unit  string     `json:"unit"`
	From  *time.Time `json:"from,omitempty" doc:"At once if left out"`
	Until *time.Time `json:"until,omitempty" doc:"Without an end if left out"`
}

// NewToken is an API token, whose text is shown this once.
type NewToken struct {
	Token     string    `json:"token" doc:"Keep it: it is shown this once and kept nowhere"`
	Label     string    `json:"label"`
	Scopes    []string  `json:"scopes" nullable:"false"`
	ExpiresAt time.Time `json:"expires_at"`
}

func showAccount(a account.Account) Account {
	return Account{
		ID: a.ID, Login: a.Login, Name: a.Name, Unit: a.Unit, Locale: a.Locale, Grants: shown(a.Grants, showGrant),
		DisabledAt: at(a.DisabledAt),
	}
}

func showGrant(g actor.Grant) Grant {
	return Grant{Role: string(g.Role), Unit: g.Unit, From: millis(g.From), Until: millis(g.Until)}
}

type accountList struct {
	Paging
	Unit string `query:"unit" required:"true" maxLength:"36" doc:"The home unit"`
}

type accountNew struct {
	Keyed
	Body struct {
		Login  string `json:"login" doc:"3 to 40 of a-z, 0-9, dot, dash and underscore" example:"lan.nguyen"`
		Name   string `json:"name" example:"Nguyễn Thị Lan"`
		Unit   string `json:"unit"`
		Locale string `json:"locale,omitempty" example:"vi"`
	}
}

type accountGrant struct {
	ByID
	Body Grant
}

type accountRevoke struct {
	ByID
	Body struct {
		Role string `json:"role"`
		Unit string `json:"unit"`
	}
}

type accountToken struct {
	ByID
	Body struct {
		Label     string     `json:"label" example:"timetable of the commune"`
		Scopes    []string   `json:"scopes" nullable:"false" minItems:"1" maxItems:"50" doc:"See x-scopes of this description"`
		ExpiresAt *time.Time `json:"expires_at,omitempty" doc:"At most a year ahead, a year if left out"`
	}
}

func (m *mount) accounts() {
	s := m.Services.Accounts
	const scope = account.ScopeWrite
	add(m, operation{
		ID: "list-accounts", Do: "GET /accounts", Says: "List the accounts of a home unit", Scope: scope,
	}, func(ctx context.Context, act actor.Actor, in *accountList) (*listOf[Account], error) {
		return paged(m.pager(ctx, in.Paging, "accounts", in.Unit), func(r page.Request) (page.List[account.Account], error) {
			return s.Page(ctx, act, account.Filter{Unit: in.Unit}, r)
		}, showAccount)
	})
	add(m, operation{
		ID: "get-account", Do: "GET /accounts/{id}", Says: "Get an account", Scope: scope,
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*oneOf[Account], error) {
		return showOneAccount(s.Get(ctx, act, in.ID))
	})
	add(m, operation{
		ID: "create-account", Do: "POST /accounts", Says: "Add an account, without roles", Scope: scope, Status: http.StatusCreated,
	}, func(ctx context.Context, act actor.Actor, in *accountNew) (*oneOf[Account], error) {
		return showOneAccount(s.Create(ctx, act, account.Draft{
			ID: in.newID(ctx, "account"), Login: in.Body.Login, Name: in.Body.Name, Unit: in.Body.Unit, Locale: in.Body.Locale,
		}))
	})
	add(m, operation{
		ID: "grant-role", Do: "POST /accounts/{id}/grants", Says: "Give a role on a unit for a time", Scope: scope,
		More: "For administrators of that unit or of one above it, and never to oneself. The same grant twice is one.",
	}, func(ctx context.Context, act actor.Actor, in *accountGrant) (*oneOf[Account], error) {
		g := in.Body
		return showOneAccount(s.Grant(ctx, act, in.ID, actor.Grant{
			Role: actor.Role(g.Role), Unit: g.Unit, From: int64(instant(g.From)), Until: int64(instant(g.Until)),
		}))
	})
	m.endAccounts()
	m.addresses()
}

func (m *mount) endAccounts() {
	s := m.Services.Accounts
	const scope = account.ScopeWrite
	add(m, operation{
		ID: "revoke-role", Do: "POST /accounts/{id}/grants/revoke", Says: "End a role on a unit now", Scope: scope,
	}, func(ctx context.Context, act actor.Actor, in *accountRevoke) (*oneOf[Account], error) {
		return showOneAccount(s.Revoke(ctx, act, in.ID, actor.Role(in.Body.Role), in.Body.Unit))
	})
	add(m, operation{
		ID: "disable-account", Do: "POST /accounts/{id}/disable", Says: "End an account with its tokens", Scope: scope,
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*oneOf[Account], error) {
		return showOneAccount(s.Disable(ctx, act, in.ID))
	})
	add(m, operation{
		ID: "issue-token", Do: "POST /accounts/{id}/tokens", Says: "Make an API token for one's own account", Scope: scope, Status: http.StatusCreated,
		More: "With no scope that the caller does not have. Its text is shown this once.",
	}, func(ctx context.Context, act actor.Actor, in *accountToken) (*plain[NewToken], error) {
		text, t, err := s.IssueToken(ctx, act, account.TokenDraft{
			Account: in.ID, Label: in.Body.Label, Scopes: in.Body.Scopes, ExpiresAt: instant(in.Body.ExpiresAt),
		})
		if err != nil {
			return nil, err
		}
		return &plain[NewToken]{Body: NewToken{Token: text, Label: t.Label, Scopes: t.Scopes, ExpiresAt: t.ExpiresAt.Time()}}, nil
	})
}

func showOneAccount(a account.Account, err error) (*oneOf[Account], error) {
	if err != nil {
		return nil, err
	}
	return one(a.Ver, showAccount(a)), nil
}
