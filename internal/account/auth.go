package account

import (
	"context"
	"errors"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// TokenDraft is a token as it is asked for.
type TokenDraft struct {
	Account string
	Label   string
	// Scopes are one or more of Scopes.
	Scopes []string
	// ExpiresAt is at most MaxTokenLife ahead, which is also what 0 stands for.
	ExpiresAt calendar.Instant
}

// IssueToken makes a token and gives its text, which is kept nowhere and shown
// this once. An account makes its own, with no scope that it does not have
// itself at that moment; the command line makes them for any account. Nobody
// else does, or the log would blame the one for what the other did.
func (s *Service) IssueToken(ctx context.Context, act actor.Actor, in TokenDraft) (plain string, t Token, err error) {
	if err := act.Require(ScopeWrite); err != nil {
		return "", Token{}, err
	}
	if !act.Is(actor.KindSystem) && (!act.Is(actor.KindStaff) || act.ID != in.Account) {
		return "", Token{}, record.ErrAbsent
	}
	a, err := s.store.Get(ctx, in.Account)
	if err != nil {
		return "", Token{}, err
	}
	if a.DisabledAt != 0 {
		return "", Token{}, ErrDisabled
	}
	t, err = s.token(act, in)
	if err != nil {
		return "", Token{}, err
	}
	plain = newToken(s.ids.Nonce(tokenBytes))
	t.ID = TokenHash(plain)
	t.Note(audit.Of(act, s.now(), a.Unit, tokenThing(t.ID), "token.issue", "account", "scopes", "expires_at"))
	if err := s.store.CreateToken(ctx, &t); err != nil {
		return "", Token{}, err
	}
	return plain, t, nil
}

func (s *Service) token(act actor.Actor, in TokenDraft) (Token, error) {
	var c fault.Check
	label, err := CheckLine(&c, "label", in.Label)
	if err != nil {
		return Token{}, err
	}
	if len(in.Scopes) == 0 || len(in.Scopes) > maxScopes {
		c.Add("scopes", "required")
	}
	for _, scope := range in.Scopes {
		switch {
		case !slices.Contains(scopes, scope):
			c.Add("scopes", "account.scope_unknown")
		case !act.Scoped(scope):
			c.Add("scopes", "account.scope_wider")
		}
	}
	t := Token{Account: in.Account, Label: label, CreatedAt: s.now()}
	t.Scopes = slices.Compact(slices.Sorted(slices.Values(in.Scopes)))
	t.ExpiresAt = expiry(&c, s.now(), in.ExpiresAt)
	return t, c.Err()
}

// RevokeToken ends a token for good, by its hash: for its own account, and for
// administrators of the account's home unit or of one above.
func (s *Service) RevokeToken(ctx context.Context, act actor.Actor, hash string) (Token, error) {
	t, err := s.store.Token(ctx, hash)
	if err != nil {
		return Token{}, err
	}
	a, err := s.Get(ctx, act, t.Account)
	if err != nil {
		return Token{}, err
	}
	return s.store.UpdateToken(ctx, hash, func(t *Token) error {
		if t.RevokedAt != 0 {
			return record.ErrUnchanged
		}
		t.RevokedAt = s.now()
		t.Note(audit.Of(act, s.now(), a.Unit, tokenThing(t.ID), "token.revoke", "revoked_at"))
		return nil
	})
}

// Authenticate gives the actor that a bearer token stands for, with the roles
// that hold now: the end of a role ends what its tokens may do. Whatever is
// wrong with a token is ErrToken; only a store that fails answers otherwise.
func (s *Service) Authenticate(ctx context.Context, bearer string) (actor.Actor, error) {
	if !TokenForm(bearer) {
		return actor.Actor{}, ErrToken
	}
	t, err := s.store.Token(ctx, TokenHash(bearer))
	if err != nil {
		return actor.Actor{}, unknown(err)
	}
	a, err := s.store.Get(ctx, t.Account)
	if err != nil {
		return actor.Actor{}, unknown(err)
	}
	now := s.now()
	held := a.Held(now)
	if !t.Live(now) || a.DisabledAt != 0 || len(held) == 0 {
		return actor.Actor{}, ErrToken
	}
	act := actor.Staff(a.ID, held, t.Scopes...)
	act.Locale = a.Locale
	return act, nil
}

// Held gives the grants that hold at now.
func (a Account) Held(now calendar.Instant) []actor.Grant {
	var held []actor.Grant
	for _, g := range a.Grants {
		if g.Valid(int64(now)) {
			held = append(held, g)
		}
	}
	return held
}

func unknown(err error) error {
	if errors.Is(err, record.ErrAbsent) {
		return ErrToken
	}
	return err
}

func tokenThing(hash string) string { return audit.Thing("token", hash) }
