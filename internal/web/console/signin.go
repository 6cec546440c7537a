package console

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// signInView is the form.
type signInView struct {
	assets.Page
	Action, Login string
	// Wrong says why the last try did not work, Said what was done before.
	Wrong, Said string
}

// signInPage asks for login and password.
func (p *site) signInPage(c *gin.Context) error {
	v := p.signInView(c, c.Query("next"))
	if c.Query("done") == "signed_out" {
		v.Said = v.T("staff.signed_out")
	}
	return p.render(c, http.StatusOK, "signin", v)
}

func (p *site) signInView(c *gin.Context, next string) signInView {
	path := signInPath
	if back := ReturnPath(next); back != homePath {
		path = withNext(path, back)
	}
	v := signInView{Action: path}
	v.Page = p.page(c, request.Texts(c.Request.Context()).Text("staff.sign_in", nil), path)
	return v
}

// signIn begins a session and goes on to where the person came from.
func (p *site) signIn(c *gin.Context) error {
	next := c.Query("next")
	signed, err := p.trySignIn(c)
	if err == nil {
		return p.enter(c, signed, next)
	}
	if fault.KindOf(err) == fault.Internal {
		return err
	}
	v := p.signInView(c, next)
	v.Login = c.PostForm("login")
	said := problem.Of(c.Request.Context(), err)
	v.Wrong = said.Detail
	return p.render(c, said.Status, "signin", v)
}

func (p *site) trySignIn(c *gin.Context) (account.Signed, error) {
	login := c.PostForm("login")
	try, err := p.guarded(c, login)
	if err != nil {
		return account.Signed{}, waits(c, err)
	}
	signed, err := p.s.Access.SignIn(c.Request.Context(), login, c.PostForm("password"), device(c))
	if !errors.Is(err, account.ErrSignIn) {
		try.good() // what is not wrong is no failure
	}
	return signed, err
}

// enter hands the new session over, or leads to the second step. Whatever session
// the browser had is over: its token is not the new one's.
func (p *site) enter(c *gin.Context, signed account.Signed, next string) error {
	if signed.Token == "" {
		return p.toStep(c, signed.Step, next)
	}
	if err := p.leave(c); err != nil {
		return err
	}
	p.setCookie(c, signed.Token)
	if err := p.markDevice(c, signed.Account.ID, signed.Account.Login); err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, p.keep(c, ReturnPath(next)))
	return nil
}

// signOut ends the session.
func (p *site) signOut(c *gin.Context) error {
	if err := p.leave(c); err != nil {
		return err
	}
	p.setCookie(c, "")
	c.Redirect(http.StatusSeeOther, p.keep(c, signInPath+"?done=signed_out"))
	return nil
}

// leave ends the session that the browser has, if it has one.
func (p *site) leave(c *gin.Context) error {
	token, _ := c.Cookie(p.cookieName()) // empty where it has none, which is no session
	return p.s.Access.SignOut(c.Request.Context(), token)
}

func device(c *gin.Context) string { return account.DeviceOf(c.GetHeader("User-Agent")) }

// linkView is the form behind a link that sets a password.
type linkView struct {
	assets.Page
	Action, Login, Name string
	Min                 int
	Wrongs              problem.Wrongs
}

// linkPage shows whose password the link sets, and asks for it.
func (p *site) linkPage(c *gin.Context) error {
	v, err := p.linkView(c)
	if err != nil {
		return p.deadLink(c, err)
	}
	return p.render(c, http.StatusOK, "link", v)
}

func (p *site) linkView(c *gin.Context) (linkView, error) {
	a, err := p.s.Access.ByLink(c.Request.Context(), c.Param("token"))
	if err != nil {
		return linkView{}, err
	}
	path := linkPath + c.Param("token")
	if proof := c.Query(account.ProofQuery); proof != "" {
		path += "?" + url.Values{account.ProofQuery: {proof}}.Encode()
	}
	v := linkView{Action: path, Login: a.Login, Name: a.Name, Min: account.MinPasswordRunes}
	v.Page = p.page(c, request.Texts(c.Request.Context()).Text("staff.link.title", nil), path)
	return v, nil
}

// link sets the password, and signs its owner in.
func (p *site) link(c *gin.Context) error {
	v, err := p.linkView(c)
	if err != nil {
		return p.deadLink(c, err)
	}
	password := c.PostForm("password")
	if password != c.PostForm("again") {
		v.Wrongs = problem.Wrongs{{Control: linkControls(v.Texts)("password"), Message: v.T("staff.password.differ")}}
		return p.render(c, http.StatusUnprocessableEntity, "link", v)
	}
	ctx := c.Request.Context()
	signed, err := p.s.Access.SetByLink(ctx, c.Param("token"), c.Query(account.ProofQuery), password, device(c))
	switch {
	case err == nil:
		return p.enter(c, signed, "")
	case errors.Is(err, account.ErrLink):
		return p.deadLink(c, err)
	case fault.KindOf(err) == fault.Internal:
		return err
	}
	said := problem.Of(ctx, err)
	v.Wrongs = problem.Wrongs{{Control: linkControls(v.Texts)("password"), Message: worst(said)}}
	return p.render(c, said.Status, "link", v)
}

func linkControls(t *i18n.Printer) controls {
	return labelled(t, map[string]string{"password": "staff.password.new"})
}

// deadLink is the same for wrong, used and expired links, says how to get another
// and leads to where it may be asked for.
func (p *site) deadLink(c *gin.Context, err error) error {
	if !errors.Is(err, account.ErrLink) {
		return err
	}
	said := problem.Of(c.Request.Context(), err)
	v := plain{Page: p.page(c, request.Texts(c.Request.Context()).Text("staff.link.dead", nil), signInPath), Words: said.Detail}
	v.Back, v.BackWords = forgotPath, v.T("forgot.link")
	return p.render(c, said.Status, "plain", v)
}
