package resident

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// What a mail provider posts when somebody presses its own button (RFC 8058).
const (
	oneClickField = "List-Unsubscribe"
	oneClick      = "One-Click"
)

// again is in the address of the page that says so.
const again = "again"

// optOutView asks whether messages stop, or may come again.
type optOutView struct {
	assets.Page
	Path string
	Out  bool
	// Again says that somebody has just asked for messages again.
	Again  bool
	Wrongs problem.Wrongs
}

// optOut says what stopping means, and asks. It changes nothing.
func (p *site) optOut(c *gin.Context) error {
	found, err := p.s.Contacts.ByOptOut(c.Request.Context(), c.Param("token"))
	if err != nil {
		return err
	}
	return p.showOptOut(c, http.StatusOK, found.OptedOut(), nil)
}

// optOutAct does what was chosen: yes stops messages, or asks for them again
// where they were stopped. One click from a mail provider always stops them.
func (p *site) optOutAct(c *gin.Context) error {
	ctx := c.Request.Context()
	found, err := p.s.Contacts.ByOptOut(ctx, c.Param("token"))
	if err != nil {
		return err
	}
	stop, start := c.PostForm("stop"), c.PostForm("start")
	switch {
	case c.PostForm(oneClickField) == oneClick, stop == yes:
		_, err = p.s.Contacts.OptOut(ctx, actor.Resident(), found.ID)
	case start == yes:
		if _, err = p.s.Contacts.OptIn(ctx, actor.Resident(), found.ID); err == nil {
			return seeOther(c, p.page(c, "", "").Link(outreach.OptOutPath+c.Param("token")+"?"+again+"="+yes))
		}
	case stop == no, start == no:
		return p.say(c, "page.optout.kept")
	default:
		return p.askAgain(c, found)
	}
	if err != nil {
		return err
	}
	if c.PostForm(oneClickField) == oneClick {
		return p.say(c, "page.optout.done")
	}
	return seeOther(c, p.page(c, "", "").Link(outreach.OptOutPath+c.Param("token")))
}

func (p *site) askAgain(c *gin.Context, found contact.Contact) error {
	field, label := "stop", "page.optout.choice"
	if found.OptedOut() {
		field, label = "start", "page.optout.undo.title"
	}
	ws, status, _ := refused(c, errChoose(field), map[string]string{field: label})
	return p.showOptOut(c, status, found.OptedOut(), ws)
}

func (p *site) showOptOut(c *gin.Context, status int, out bool, ws problem.Wrongs) error {
	path := outreach.OptOutPath + c.Param("token")
	title := "page.optout.title"
	if out {
		title = "page.optout.done"
	}
	v := optOutView{
		Page: p.personal(c, request.Texts(c.Request.Context()).Text(title, nil), path), Path: path, Out: out, Wrongs: ws,
		Again: !out && c.Query(again) == yes,
	}
	return p.render(c, status, "optout", v)
}
