package console

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// forgotView asks whose password was forgotten, or says what happens now.
type forgotView struct {
	assets.Page
	Login, Wrong string
	// Mails says that mails can be sent here, Asked that one was asked for.
	Mails, Asked bool
	Minutes      int
}

// forgotPage asks for the login.
func (p *site) forgotPage(c *gin.Context) error {
	return p.render(c, http.StatusOK, "forgot", p.forgotView(c))
}

func (p *site) forgotView(c *gin.Context) forgotView {
	v := forgotView{Mails: p.s.Access.Post.On(), Minutes: int(account.ResetLife.Minutes())}
	v.Page = p.page(c, request.Texts(c.Request.Context()).Text("forgot.title", nil), forgotPath)
	return v
}

// forgot has a link mailed, and answers the same whether or not there is such an
// account.
func (p *site) forgot(c *gin.Context) error {
	ctx := c.Request.Context()
	v := p.forgotView(c)
	login := account.FoldLogin(c.PostForm("login"))
	err := p.guard.tryMail(request.From(ctx).Client, login)
	if err == nil {
		err = p.s.Access.Forgot(ctx, login)
	}
	if err == nil {
		v.Asked = true
		return p.render(c, http.StatusOK, "forgot", v)
	}
	err = waits(c, err)
	if fault.KindOf(err) == fault.Internal {
		return err
	}
	said := problem.Of(ctx, err)
	v.Login, v.Wrong = c.PostForm("login"), said.Detail
	return p.render(c, said.Status, "forgot", v)
}
