package console

import (
	"errors"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

var errTooMany = fault.New(fault.TooMany, "too_many")

// who signs in with HTTP Basic: the login, and one of the account's API tokens
// as the password. The token's scopes hold as they do for the API.
func (p *site) who(c *gin.Context) (actor.Actor, error) {
	login, token, ok := c.Request.BasicAuth()
	if !ok || !account.TokenForm(token) {
		return actor.Actor{}, account.ErrToken
	}
	ctx := c.Request.Context()
	act, err := p.s.Accounts.Authenticate(ctx, token)
	if err != nil {
		return actor.Actor{}, err
	}
	named, err := p.s.Accounts.ByLogin(ctx, actor.System("console"), login)
	if errors.Is(err, record.ErrAbsent) || err == nil && named.ID != act.ID {
		return actor.Actor{}, account.ErrToken
	}
	if err != nil {
		return actor.Actor{}, err
	}
	hash := account.TokenHash(token)
	request.From(ctx).SetToken(hash)
	if p.s.Wait == nil {
		return act, nil
	}
	if wait := p.s.Wait(hash); wait > 0 {
		c.Header("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		return actor.Actor{}, errTooMany
	}
	return act, nil
}

// ask has the browser ask for login and token.
func ask(c *gin.Context, err error) {
	if fault.KindOf(err) == fault.Unauthenticated {
		c.Header("WWW-Authenticate", `Basic realm="Sunday", charset="UTF-8"`)
	}
}
