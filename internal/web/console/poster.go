package console

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/outreach/loudspeaker"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
)

// posterView is one page of A4 to hang up.
type posterView struct {
	sheetHead
	Type, About, Bring, Host, Contact string
	// Site and Typed after it are what is typed, Code the same to be scanned.
	Site, Typed string
	Code        template.URL
	// Public is whether that leads anywhere yet; Gone says that it does not happen,
	// and Reason why.
	Public       bool
	Gone, Reason string
}

// posterDots are as many as a printer needs.
const posterDots = 8

// poster shows the event as it is hung up.
func (p *site) poster(c *gin.Context, act actor.Actor) error {
	e, err := p.s.Events.Get(c.Request.Context(), act, c.Param("id"))
	if err != nil {
		return err
	}
	v := posterView{About: e.About, Bring: e.Bring, Host: e.Host, Contact: e.Contact, Public: e.Public()}
	if v.sheetHead, err = p.head(c, act, e, e.Title, "/poster"); err != nil {
		return err
	}
	v.Type = v.T("event.type." + string(e.Type))
	path := outreach.EventPath + e.ID
	if e.Short != "" {
		path = outreach.ShortPath + e.Short
	}
	base := strings.TrimSuffix(p.s.BaseURL, "/")
	v.Site, v.Typed = host(base), path
	if v.Code, err = assets.Code(base+path, posterDots); err != nil {
		return err
	}
	if told := e.State.Told(); told != event.Published {
		v.Gone, v.Reason = v.T("event.state."+string(told)), e.StatusNote
	}
	return p.render(c, http.StatusOK, "poster", v)
}

// loudspeakerView is what is read aloud.
type loudspeakerView struct {
	sheetHead
	Said []string
}

// loudspeaker shows the text that is read aloud.
func (p *site) loudspeaker(c *gin.Context, act actor.Actor) error {
	e, err := p.s.Events.Get(c.Request.Context(), act, c.Param("id"))
	if err != nil {
		return err
	}
	var v loudspeakerView
	if v.sheetHead, err = p.head(c, act, e, "", "/loudspeaker"); err != nil {
		return err
	}
	v.Title = v.T("desk.loudspeaker")
	v.Said = loudspeaker.Compose(v.Texts, e, loudspeaker.Names{Unit: v.Unit, Village: v.Village})
	return p.render(c, http.StatusOK, "loudspeaker", v)
}

// attendanceView is a sheet to count on, and to sign.
type attendanceView struct {
	sheetHead
	Villages []string
	// Lines are numbered rows to sign; none where nobody should learn who came.
	Lines []int
}

// signLines fill the rest of the first page and one page more.
const signLines = 40

// attendance shows the sheet that lies at the door. It holds nothing of anybody:
// names are written only by those who want to.
func (p *site) attendance(c *gin.Context, act actor.Actor) error {
	e, err := p.s.Events.Get(c.Request.Context(), act, c.Param("id"))
	if err != nil {
		return err
	}
	var v attendanceView
	if v.sheetHead, err = p.head(c, act, e, "", "/attendance"); err != nil {
		return err
	}
	v.Title = v.T("desk.attendance")
	villages, err := p.villagesOf(c, e)
	if err != nil {
		return err
	}
	for _, u := range villages {
		v.Villages = append(v.Villages, u.Name(v.Lang()))
	}
	if !e.Type.Discreet() {
		for n := range signLines {
			v.Lines = append(v.Lines, n+1)
		}
	}
	return p.render(c, http.StatusOK, "attendance", v)
}

// villagesOf are the villages of the event's unit, its own one first.
func (p *site) villagesOf(c *gin.Context, e event.Event) ([]unit.Unit, error) {
	ctx := c.Request.Context()
	u, err := p.s.Units.Get(ctx, actor.System("console"), e.Unit)
	if err != nil {
		return nil, err
	}
	villages, _, err := p.below(ctx, u)
	for i, one := range villages {
		if one.ID == e.Village {
			copy(villages[1:i+1], villages[:i])
			villages[0] = one
		}
	}
	return villages, err
}
