package console

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// stepView asks for the code after the right password.
type stepView struct {
	assets.Page
	Action string
	// Recovery asks for a recovery code, with the keyboard for it; Other is the
	// path of the page that asks for the other kind.
	Recovery     bool
	Other, Wrong string
}

func (p *site) stepName() string { return p.cookieName() + "-step" }

// toStep has the browser keep that the password was right, and leads on.
func (p *site) toStep(c *gin.Context, step, next string) error {
	p.setStep(c, step, int(account.StepLife.Seconds()))
	c.Redirect(http.StatusSeeOther, p.keep(c, codePathTo(next, false)))
	return nil
}

func (p *site) setStep(c *gin.Context, step string, seconds int) {
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // Secure where the address is https; a demo on loopback has none
		Name: p.stepName(), Value: step, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: p.secure, SameSite: http.SameSiteLaxMode,
	})
}

// codePathTo is the page that asks, with where to go afterwards.
func codePathTo(next string, recovery bool) string {
	path := withNext(codePath, ReturnPath(next))
	if recovery {
		path += "&with=recovery"
	}
	return path
}

// codePage asks for the code of who knew the password; others have to begin with
// that.
func (p *site) codePage(c *gin.Context) error {
	step, _ := c.Cookie(p.stepName()) // empty where it has none, which is no step
	_, err := p.s.Access.AtStep(c.Request.Context(), step)
	if errors.Is(err, account.ErrStep) {
		c.Redirect(http.StatusSeeOther, p.keep(c, withNext(signInPath, ReturnPath(c.Query("next")))))
		return nil
	}
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "step", p.stepView(c))
}

func (p *site) stepView(c *gin.Context) stepView {
	next, recovery := c.Query("next"), c.Query("with") == "recovery"
	v := stepView{Action: codePathTo(next, recovery), Other: codePathTo(next, !recovery), Recovery: recovery}
	v.Page = p.page(c, request.Texts(c.Request.Context()).Text("second.ask.title", nil), v.Action)
	return v
}

// code begins the session of who has the code too.
func (p *site) code(c *gin.Context) error {
	signed, err := p.tryCode(c)
	if err == nil {
		p.setStep(c, "", -1)
		return p.enter(c, signed, c.Query("next"))
	}
	if fault.KindOf(err) == fault.Internal {
		return err
	}
	said := problem.Of(c.Request.Context(), err)
	if errors.Is(err, account.ErrStep) || errors.Is(err, account.ErrNoRole) {
		v := p.signInView(c, c.Query("next"))
		v.Wrong = said.Detail
		return p.render(c, said.Status, "signin", v)
	}
	v := p.stepView(c)
	v.Wrong = said.Detail
	return p.render(c, said.Status, "step", v)
}

func (p *site) tryCode(c *gin.Context) (account.Signed, error) {
	ctx := c.Request.Context()
	step, _ := c.Cookie(p.stepName()) // empty where it has none, which is no step
	a, err := p.s.Access.AtStep(ctx, step)
	if err != nil {
		return account.Signed{}, err
	}
	try, err := p.guardedCode(c, a.Login)
	if err != nil {
		return account.Signed{}, waits(c, err)
	}
	signed, err := p.s.Access.SecondStep(ctx, step, c.PostForm("code"), device(c))
	if !errors.Is(err, account.ErrCode) {
		try.good() // what is not wrong is no failure
	}
	return signed, err
}
