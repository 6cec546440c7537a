package resident

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// Choices of a form that asks one thing.
const (
	yes = "yes"
	no  = "no"
)

// confirmView is the page behind the first mail's button.
type confirmView struct {
	assets.Page
	Event  shownEvent
	People string
	Path   string
	FormID string
	Wrongs problem.Wrongs
}

// confirm asks whether it was the person who registered. It changes nothing,
// since mail scanners open links. What is confirmed has its own page, which alone
// knows whether there is a place.
func (p *site) confirm(c *gin.Context) error {
	own, err := p.s.Registrations.Confirming(c.Request.Context(), c.Param("token"))
	if err != nil {
		return err
	}
	if own.Registration.Confirmed {
		return p.toOwn(c, own)
	}
	return p.showConfirm(c, http.StatusOK, own, nil)
}

// confirmAct does what was chosen; scanners send forms too, and choose nothing.
func (p *site) confirmAct(c *gin.Context) error {
	ctx, token := c.Request.Context(), c.Param("token")
	own, err := p.s.Registrations.Confirming(ctx, token)
	if err != nil {
		return err
	}
	switch c.PostForm("choice") {
	case yes:
		own, err = p.s.Registrations.Confirm(ctx, token)
		if err == nil {
			return p.toOwn(c, own)
		}
	case no:
		_, err = p.s.Registrations.CancelOwn(ctx, own.Token, c.PostForm("form"))
		if err == nil {
			return p.say(c, "page.confirm.refused", "page.confirm.refused.text")
		}
	default:
		err = errChoose("choice")
	}
	ws, status, ok := refused(c, err, map[string]string{"choice": "page.confirm.title"})
	if !ok {
		return err
	}
	return p.showConfirm(c, status, own, ws)
}

func (p *site) showConfirm(c *gin.Context, status int, own registration.Own, ws problem.Wrongs) error {
	ctx := c.Request.Context()
	texts := request.Texts(ctx)
	shown, err := p.shown(ctx, own.Event, texts)
	if err != nil {
		return err
	}
	path := outreach.ConfirmPath + c.Param("token")
	v := confirmView{
		Page: p.personal(c, texts.Text("page.confirm.title", nil), path), Event: shown,
		People: texts.Count("page.form.party.one", own.Registration.Party, nil), Path: path, FormID: p.formID(), Wrongs: ws,
	}
	return p.render(c, status, "confirm", v)
}

func (p *site) toOwn(c *gin.Context, own registration.Own) error {
	return seeOther(c, p.page(c, "", "").Link(outreach.OwnPath+own.Token))
}

// say answers with a page of words alone.
func (p *site) say(c *gin.Context, title string, words ...string) error {
	v := plain{Page: p.personal(c, request.Texts(c.Request.Context()).Text(title, nil), "/"), Finish: true}
	for _, w := range words {
		v.Words = append(v.Words, v.T(w))
	}
	return p.render(c, http.StatusOK, "plain", v)
}
