package console

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/web/limit"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// guard bounds guesses of passwords and codes. It counts failures alone, and
// every limit lets one more try after a while: nobody is kept out for good.
type guard struct {
	// pair is one login from one address; client all logins from it, since a
	// commune may share one; login one from all addresses.
	pair, client, login *limit.Limiter
	// code is codes after the right password, for one login from all addresses:
	// there are but a million of them.
	code *limit.Limiter
	// mailed is mails that somebody asks for without a sign-in: for one login, and
	// from one address. They count whatever comes of them.
	mailed, mailer *limit.Limiter
	// device is a browser in which the login's owner signed in before: what
	// others get wrong elsewhere does not keep it out.
	device *limit.Limiter
}

// newGuard has the usual limits, or one rate for all of them.
func newGuard(all limit.Rate, now func() time.Time) guard {
	return guard{
		pair:   limit.New(all.Or(limit.Rate{Burst: 10, Every: time.Minute}), now),
		client: limit.New(all.Or(limit.Rate{Burst: 40, Every: 15 * time.Second}), now),
		login:  limit.New(all.Or(limit.Rate{Burst: 100, Every: 5 * time.Minute}), now),
		code:   limit.New(all.Or(limit.Rate{Burst: 20, Every: 15 * time.Minute}), now),
		mailed: limit.New(all.Or(limit.Rate{Burst: 3, Every: 20 * time.Minute}), now),
		mailer: limit.New(all.Or(limit.Rate{Burst: 10, Every: 2 * time.Minute}), now),
		device: limit.New(all.Or(limit.Rate{Burst: 10, Every: time.Minute}), now),
	}
}

// attempt is one try that was let in, and counts until it is known to be none.
type attempt limit.Attempt

// tooMany says how long somebody has to wait.
type tooMany struct{ wait time.Duration }

// Error gives the code of what it is told as.
func (t tooMany) Error() string { return errWait.Error() }

var errWait = fault.New(fault.TooMany, "account.too_many")

// tryPassword lets one try in, or is tooMany. device is the name of a known
// browser, "" for none.
func (g guard) tryPassword(client, login, device string) (attempt, error) {
	return g.try(client, login, device, g.login)
}

// tryCode is the same for codes of who knew the password.
func (g guard) tryCode(client, login, device string) (attempt, error) {
	return g.try(client, "code "+login, device, g.code)
}

// tryMail lets somebody ask for a mail to a login's owner, or is tooMany.
func (g guard) tryMail(client, login string) error {
	_, err := attempt{{Limiter: g.mailer, Key: client}, {Limiter: g.mailed, Key: unsaid(login)}}.take()
	return err
}

// unsaid stands for a login: it is no text to keep, whatever was typed.
func unsaid(login string) string {
	sum := sha256.Sum256([]byte(login))
	return hex.EncodeToString(sum[:])
}

func (g guard) try(client, what, device string, everywhere *limit.Limiter) (attempt, error) {
	what = unsaid(what)
	a := attempt{{Limiter: g.client, Key: client}, {Limiter: g.pair, Key: client + " " + what}, {Limiter: everywhere, Key: what}}
	if device != "" {
		a = attempt{{Limiter: g.client, Key: client}, {Limiter: g.device, Key: device}}
	}
	return a.take()
}

// take counts the try in all its limits, or in none where one of them is reached.
func (a attempt) take() (attempt, error) {
	if wait := limit.Attempt(a).Take(); wait > 0 {
		return nil, tooMany{wait}
	}
	return a, nil
}

// good says that the try was no failure.
func (a attempt) good() { limit.Attempt(a).Back() }

// guarded lets a try at a login in, or answers how long it has to wait.
func (p *site) guarded(c *gin.Context, login string) (attempt, error) {
	return p.guardedBy(c, login, p.guard.tryPassword)
}

// guardedCode is the same for a code.
func (p *site) guardedCode(c *gin.Context, login string) (attempt, error) {
	return p.guardedBy(c, login, p.guard.tryCode)
}

func (p *site) guardedBy(c *gin.Context, login string, try func(client, login, device string) (attempt, error)) (attempt, error) {
	ctx := c.Request.Context()
	login = account.FoldLogin(login)
	mark, err := c.Cookie(p.deviceName())
	device := ""
	if err == nil {
		if device, err = p.s.Access.IsKnown(ctx, login, mark); err != nil {
			return nil, err
		}
	}
	return try(request.From(ctx).Client, login, device)
}

// waits turns tooMany into an error in words and its header.
func waits(c *gin.Context, err error) error {
	t, ok := errors.AsType[tooMany](err)
	if !ok {
		return err
	}
	c.Header("Retry-After", strconv.Itoa(int(t.wait/time.Second)+1))
	return errWait.With("minutes", int(t.wait/time.Minute)+1)
}

func (p *site) deviceName() string { return p.cookieName() + "-device" }

// markDevice has the browser remember that the account signed in there.
func (p *site) markDevice(c *gin.Context, accountID, login string) error {
	if mark, err := c.Cookie(p.deviceName()); err == nil {
		known, err := p.s.Access.IsKnown(c.Request.Context(), login, mark)
		if err != nil || known != "" {
			return err
		}
	}
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // Secure where the address is https; a demo on loopback has none
		Name: p.deviceName(), Value: p.s.Access.KnownDevice(accountID), Path: "/", MaxAge: int((180 * day).Seconds()),
		HttpOnly: true, Secure: p.secure, SameSite: http.SameSiteLaxMode,
	})
	return nil
}
