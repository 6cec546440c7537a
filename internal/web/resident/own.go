package resident

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// Choices of the own page's form.
const (
	actChange = "change"
	actCancel = "cancel"
)

// ownView is a resident's own page.
type ownView struct {
	assets.Page
	Event  shownEvent
	State  registration.State
	Status string
	People string
	Slot   string
	// Path is the page's, Token in it; Act what was chosen before, Party the
	// number of people to show in the form.
	Path, Act, Party string
	FormID           string
	ReadOnly         bool
	Code             codeView
	Wrongs           wrongs
}

// Live reports whether the person is still expected.
func (v ownView) Live() bool { return v.State.Live() && !v.Event.Gone() }

// Cancelled reports whether the registration was given up.
func (v ownView) Cancelled() bool { return v.State == registration.Cancelled }

// Waits reports whether others come first.
func (v ownView) Waits() bool { return v.State == registration.Waitlisted }

// Again reports whether somebody who gave their place up may take one again.
func (v ownView) Again() bool { return v.Cancelled() && v.Event.Open() }

// own shows the own registration. It changes nothing.
func (p *site) own(c *gin.Context) error {
	own, err := p.s.Registrations.Own(c.Request.Context(), c.Param("token"))
	if err != nil {
		return err
	}
	return p.showOwn(c, http.StatusOK, own, "", strconv.Itoa(own.Registration.Party), nil)
}

// ownAct changes the number of people or gives the place up.
func (p *site) ownAct(c *gin.Context) error {
	ctx := c.Request.Context()
	token, act, party := c.Param("token"), c.PostForm("act"), c.PostForm("party")
	own, err := p.s.Registrations.Own(ctx, token)
	if err != nil {
		return err
	}
	switch act {
	case actChange:
		n, wrong := strconv.Atoi(party)
		if wrong != nil {
			n = 0 // refused by its range
		}
		_, err = p.s.Registrations.ChangeParty(ctx, token, c.PostForm("form"), n)
	case actCancel:
		_, err = p.s.Registrations.CancelOwn(ctx, token, c.PostForm("form"))
	default:
		err = errChoose("act")
	}
	if err == nil {
		return seeOther(c, p.page(c, "", "").Link(outreach.OwnPath+token))
	}
	ws, status, ok := refused(c, err, "act", "party")
	if !ok {
		return err
	}
	return p.showOwn(c, status, own, act, party, ws)
}

func (p *site) showOwn(c *gin.Context, status int, own registration.Own, act, party string, ws wrongs) error {
	ctx := c.Request.Context()
	texts, r := request.Texts(ctx), own.Registration
	shown, err := p.shown(ctx, own.Event, texts)
	if err != nil {
		return err
	}
	path := outreach.OwnPath + own.Token
	v := ownView{
		Page: p.personal(c, texts.Text("page.own.title", nil), path), Event: shown, State: r.State,
		Status: texts.Text("registration.state."+string(r.State), nil),
		People: texts.Count("page.form.party.one", r.Party, nil), Slot: slotName(own.Event, r.Slot),
		Path: path, Act: act, Party: party, FormID: p.formID(), ReadOnly: own.ReadOnly, Wrongs: ws,
	}
	if v.Live() && own.Event.State == event.Published && shown.Phase != over {
		if v.Code, err = codeOf(own.Code); err != nil {
			return err
		}
	}
	return p.render(c, status, "own", v)
}
