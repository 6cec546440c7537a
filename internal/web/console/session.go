package console

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

var errTooMany = fault.New(fault.TooMany, "too_many")

// whoKey is where a request keeps who is signed in.
const whoKey = "console.who"

// handler answers one request of somebody who signed in, or says why not.
type handler func(c *gin.Context, act actor.Actor) error

// wrap lets in who is signed in, and turns errors into pages. Who is not is
// asked to sign in, and comes back to the page; a form that was sent meanwhile
// is still there when the browser goes back.
func (p *site) wrap(h handler) gin.HandlerFunc {
	return p.open(func(c *gin.Context) error {
		who, err := p.who(c)
		switch {
		case errors.Is(err, account.ErrSession) && c.Request.Method == http.MethodGet:
			c.Redirect(http.StatusSeeOther, p.keep(c, withNext(signInPath, wanted(c))))
			return nil
		case err != nil:
			return err
		}
		c.Set(whoKey, who)
		if name, has := c.Params.Get("id"); has && !id.Valid(name) {
			return record.ErrAbsent
		}
		return h(c, who.Actor)
	})
}

// open is for pages that need nobody to be signed in.
func (p *site) open(h func(c *gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h(c); err != nil {
			p.fail(c, err)
		}
	}
}

// wanted is the page that was asked for. The language goes on beside it.
func wanted(c *gin.Context) string {
	to := *c.Request.URL
	query := to.Query()
	query.Del("lang")
	to.RawQuery = query.Encode()
	return to.RequestURI()
}

// who finds the session of the request's cookie.
func (p *site) who(c *gin.Context) (account.Who, error) {
	token, err := c.Cookie(p.cookieName())
	if err != nil {
		return account.Who{}, account.ErrSession
	}
	ctx := c.Request.Context()
	who, err := p.s.Access.Session(ctx, token)
	if err != nil {
		return account.Who{}, err
	}
	// What somebody gets wrong counts for them, not for all who share their address.
	state := request.From(ctx)
	state.SetToken(who.Session.ID)
	if c.Query("lang") == "" && who.Account.Locale != "" {
		state.Texts = p.s.Texts.For(who.Account.Locale)
		c.Header("Content-Language", state.Texts.Lang())
	}
	if p.s.Wait != nil {
		if wait := p.s.Wait(who.Session.ID); wait > 0 {
			c.Header("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
			return account.Who{}, errTooMany
		}
	}
	return who, nil
}

// signed gives who is signed in on a page that wrap opened, or nobody.
func signed(c *gin.Context) (account.Who, bool) {
	who, ok := c.Get(whoKey)
	if !ok {
		return account.Who{}, false
	}
	return who.(account.Who), true
}

// cookieName binds the cookie to this very host where the connection is
// encrypted: no other host may set one in its place.
func (p *site) cookieName() string {
	if p.secure {
		return "__Host-sunday"
	}
	return "sunday"
}

// setCookie gives the browser its session, and takes it away where the token is
// empty. It ends with the browser: machines in offices are shared.
func (p *site) setCookie(c *gin.Context, token string) {
	cookie := &http.Cookie{ //nolint:gosec // Secure where the address is https; a demo on loopback has none
		Name: p.cookieName(), Value: token, Path: "/", HttpOnly: true, Secure: p.secure, SameSite: http.SameSiteLaxMode,
	}
	if token == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(c.Writer, cookie)
}

// ReturnPath is where somebody goes after signing in: a path of the staff's
// pages and nothing else, whatever a link says. Where it is none, that is
// /staff/.
func ReturnPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || u.Opaque != "" || u.Fragment != "" ||
		!strings.HasPrefix(next, homePath) || !strings.HasPrefix(u.Path, homePath) ||
		strings.ContainsAny(next, "\\\r\n\t") || strings.Contains(u.Path, "//") || strings.Contains(u.Path, "/.") ||
		strings.HasPrefix(u.Path, signInPath) || strings.HasPrefix(u.Path, signOutPath) {
		return homePath
	}
	return u.RequestURI()
}
