package api

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

var errTooMany = fault.New(fault.TooMany, "too_many")

type actorKey struct{}

// actorOf is who sent the request; authenticate has put it there.
func actorOf(ctx context.Context) actor.Actor {
	if a, ok := ctx.Value(actorKey{}).(actor.Actor); ok {
		return a
	}
	return actor.Anonymous()
}

// authenticate lets in who has a valid token that reaches as far as the
// operation's scope. The scope is asked before anything is looked up.
func (m *mount) authenticate(c huma.Context, next func(huma.Context)) {
	act, err := m.whoIs(c)
	if err != nil {
		m.refuse(c, err)
		return
	}
	scope, _ := c.Operation().Metadata[metaScope].(string)
	if err := act.Require(scope); err != nil {
		m.refuse(c, err)
		return
	}
	next(huma.WithValue(c, actorKey{}, act))
}

func (m *mount) whoIs(c huma.Context) (actor.Actor, error) {
	scheme, token, _ := strings.Cut(c.Header("Authorization"), " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, bearer) || !account.TokenForm(token) {
		return actor.Actor{}, account.ErrToken
	}
	act, err := m.Services.Accounts.Authenticate(c.Context(), token)
	if err != nil {
		return actor.Actor{}, err
	}
	hash := account.TokenHash(token)
	request.From(c.Context()).SetToken(hash)
	if m.Wait == nil {
		return act, nil
	}
	if wait := m.Wait(hash); wait > 0 {
		c.SetHeader("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		return actor.Actor{}, errTooMany
	}
	return act, nil
}

// refuse answers with the error, before a handler ran.
func (m *mount) refuse(c huma.Context, err error) {
	if fault.KindOf(err) == fault.Unauthenticated {
		c.SetHeader("WWW-Authenticate", "Bearer")
	}
	// What cannot be written goes to nobody: the client is gone.
	_ = huma.WriteErr(m.api, c, unclassified, "", err)
}
