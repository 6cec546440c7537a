package console

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// setAddress has the link that confirms an address mailed there.
func (p *site) setAddress(c *gin.Context, _ actor.Actor) error {
	return p.changeAddress(c, "address-password", "address_sent", func(ctx context.Context, who account.Who, password string) error {
		if err := p.guard.tryMail(request.From(ctx).Client, "address "+who.Account.ID); err != nil {
			return waits(c, err) // each is a mail to whomever was typed
		}
		return p.s.Access.SetAddress(ctx, who, password, c.PostForm("address"))
	})
}

// removeAddress has nobody mailed any more.
func (p *site) removeAddress(c *gin.Context, _ actor.Actor) error {
	return p.changeAddress(c, "remove-password", "address_removed", func(ctx context.Context, who account.Who, password string) error {
		return p.s.Access.RemoveAddress(ctx, who, password)
	})
}

// changeAddress does what takes the password, which field has, and says what was
// done.
func (p *site) changeAddress(c *gin.Context, field, done string, do func(context.Context, account.Who, string) error) error {
	who, _ := signed(c)
	err := p.withPassword(c, func(ctx context.Context, password string) error { return do(ctx, who, password) })
	if err == nil {
		c.Redirect(http.StatusSeeOther, p.keep(c, accountPath+"?done="+done))
		return nil
	}
	v, viewErr := p.accountView(c)
	if viewErr != nil {
		return viewErr
	}
	v.Typed = c.PostForm("address")
	return p.accountWrong(c, v, err, field, "address")
}

// confirmView asks whether an address is the account's.
type confirmView struct {
	assets.Page
	Action, Login string
	Wrong         string
}

// confirmPage asks, as programs that look into mails follow links too.
func (p *site) confirmPage(c *gin.Context) error {
	v, err := p.confirmView(c)
	if err != nil {
		return p.deadAddress(c, err)
	}
	return p.render(c, http.StatusOK, "address", v)
}

func (p *site) confirmView(c *gin.Context) (confirmView, error) {
	a, err := p.s.Access.AtAddress(c.Request.Context(), c.Param("token"))
	if err != nil {
		return confirmView{}, err
	}
	v := confirmView{Action: addressPath + c.Param("token"), Login: a.Login}
	v.Page = p.page(c, request.Texts(c.Request.Context()).Text("address.confirm.title", nil), v.Action)
	return v, nil
}

// confirm takes the address for the account's, if somebody says so: a bare submit
// says nothing.
func (p *site) confirm(c *gin.Context) error {
	v, err := p.confirmView(c)
	if err != nil {
		return p.deadAddress(c, err)
	}
	if c.PostForm("choice") != "yes" {
		v.Wrong = v.T("address.confirm.choose")
		return p.render(c, http.StatusUnprocessableEntity, "address", v)
	}
	if err := p.s.Access.ConfirmAddress(c.Request.Context(), c.Param("token")); err != nil {
		return p.deadAddress(c, err)
	}
	done := plain{Page: v.Page, Words: v.T("address.confirm.done"), Back: accountPath, BackWords: v.T("account.title")}
	return p.render(c, http.StatusOK, "plain", done)
}

// deadAddress is the same for wrong, used and expired links.
func (p *site) deadAddress(c *gin.Context, err error) error {
	if !errors.Is(err, account.ErrLink) {
		return err
	}
	t := request.Texts(c.Request.Context())
	v := plain{Page: p.page(c, t.Text("staff.link.dead", nil), accountPath), Words: t.Text("address.confirm.dead", nil)}
	v.Back, v.BackWords = accountPath, t.Text("account.title", nil)
	return p.render(c, problem.Of(c.Request.Context(), err).Status, "plain", v)
}
