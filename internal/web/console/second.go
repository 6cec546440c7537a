package console

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
)

// offerDots is how many dots each square of the app's code has.
const offerDots = 4

// secondView is one's own second step.
type secondView struct {
	assets.Page
	Login  string
	Second account.Second
	Since  string
	// Forms are what may be done with a step that is on.
	Forms []passwordForm
	// Offer is what an app takes over while the step is off, Code its picture.
	Offer  account.Offer
	Code   template.URL
	Wrongs problem.Wrongs
}

// passwordForm is one thing that takes the password and nothing else. Field is the
// id of where it is typed.
type passwordForm struct{ Title, Why, Path, Field, Act, Class string }

// The fields of the password of what may be done with a step that is on.
const (
	codesField = "current"
	offField   = "current-off"
)

// recoveryView shows recovery codes this once.
type recoveryView struct {
	assets.Page
	Codes []string
	// On says that the step was just turned on.
	On bool
}

// second offers a second step, or looks after the one that is on.
func (p *site) second(c *gin.Context, _ actor.Actor) error {
	v, err := p.secondView(c, "")
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "second", v)
}

// secondView offers what was offered before, so that a phone that took it over
// need not do so again.
func (p *site) secondView(c *gin.Context, offered string) (secondView, error) {
	ctx := c.Request.Context()
	who, _ := signed(c)
	n := p.names(ctx)
	v := secondView{Page: p.page(c, n.t.Text("second.title", nil), secondPath), Login: who.Account.Login}
	var err error
	if v.Second, err = p.s.Access.OwnSecond(ctx, who); err != nil {
		return v, err
	}
	if v.Second.On {
		home, err := n.unit(who.Account.Unit)
		v.Since = n.t.FormatDate(calendar.InZone(v.Second.Since, home.Zone))
		v.Forms = []passwordForm{
			{v.T("second.recovery.title"), v.T("second.recovery.anew"), secondPath + "/codes", codesField, v.T("second.recovery.make"), "second"},
			{v.T("second.off.title"), v.T("second.off.why"), secondPath + "/off", offField, v.T("second.off.act"), "danger"},
		}
		return v, err
	}
	if v.Offer, err = p.s.Access.Offered(who, p.host(), offered); err != nil {
		if v.Offer, err = p.s.Access.Offer(who, p.host()); err != nil {
			return v, err
		}
	}
	v.Code, err = assets.Code(v.Offer.URI, offerDots)
	return v, err
}

// host tells an account in an app from one of the same name elsewhere.
func (p *site) host() string {
	if u, err := url.Parse(p.s.BaseURL); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "localhost"
}

// turnOn begins with the second step, and shows the recovery codes.
func (p *site) turnOn(c *gin.Context, _ actor.Actor) error {
	who, _ := signed(c)
	var fresh account.Signed
	var codes []string
	err := p.withPassword(c, func(ctx context.Context, password string) (err error) {
		fresh, codes, err = p.s.Access.TurnOn(ctx, who, password, c.PostForm("offer"), c.PostForm("code"), device(c))
		return err
	})
	if err != nil {
		return p.secondWrong(c, err, "current")
	}
	p.setCookie(c, fresh.Token)
	return p.showRecovery(c, codes, true)
}

// turnOff ends it.
func (p *site) turnOff(c *gin.Context, _ actor.Actor) error {
	who, _ := signed(c)
	err := p.withPassword(c, func(ctx context.Context, password string) error {
		return p.s.Access.TurnOff(ctx, who, password)
	})
	if err != nil {
		return p.secondWrong(c, err, offField)
	}
	c.Redirect(http.StatusSeeOther, p.keep(c, accountPath+"?done=second_off"))
	return nil
}

// newRecovery shows recovery codes anew.
func (p *site) newRecovery(c *gin.Context, _ actor.Actor) error {
	who, _ := signed(c)
	var codes []string
	err := p.withPassword(c, func(ctx context.Context, password string) (err error) {
		codes, err = p.s.Access.NewRecovery(ctx, who, password)
		return err
	})
	if err != nil {
		return p.secondWrong(c, err, codesField)
	}
	return p.showRecovery(c, codes, false)
}

// withPassword does what takes the password of who is signed in. Guesses of it
// count as those of signing in do.
func (p *site) withPassword(c *gin.Context, do func(ctx context.Context, password string) error) error {
	who, _ := signed(c)
	try, err := p.guarded(c, who.Account.Login)
	if err != nil {
		return waits(c, err)
	}
	if err = do(c.Request.Context(), c.PostForm("current")); !errors.Is(err, account.ErrCurrent) {
		try.good()
	}
	return err
}

func (p *site) showRecovery(c *gin.Context, codes []string, on bool) error {
	v := recoveryView{Codes: codes, On: on}
	v.Page = p.page(c, p.names(c.Request.Context()).t.Text("second.recovery.title", nil), secondPath)
	return p.render(c, http.StatusOK, "recovery", v)
}

// secondWrong shows the page again with what was wrong; field is that of the
// password.
func (p *site) secondWrong(c *gin.Context, err error, field string) error {
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	v, viewErr := p.secondView(c, c.PostForm("offer"))
	if viewErr != nil {
		return viewErr
	}
	said := problem.Of(c.Request.Context(), err)
	if errors.Is(err, account.ErrCode) {
		field = "code"
	}
	labels := map[string]string{"code": "second.code", codesField: "staff.password", offField: "staff.password"}
	v.Wrongs = problem.Wrongs{{Control: labelled(v.Texts, labels)(field), Message: said.Detail}}
	return p.render(c, said.Status, "second", v)
}
