package resident

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// Choices of the own page's form.
const (
	actChange = "change"
	actCancel = "cancel"
	actComing = "coming"
	actCannot = "cannot"
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
	// Asks is whether the page asks if the person is coming, Answered whether
	// they said so. Offer is what it says of a place that is free for them.
	Asks, Answered bool
	Offer          string
	// Confirm is the page that asks to confirm, empty where nothing is to be;
	// Pending says until when.
	Confirm, Pending string
	// Changed says what was just changed, empty for nothing.
	Changed string
	// Reason says why the registration was cancelled, if it was.
	Reason string
	Code   codeView
	Wrongs problem.Wrongs
}

// Live reports whether the person is still expected.
func (v ownView) Live() bool { return v.State.Live() && !v.Event.Gone() }

// Cancelled reports whether the registration was given up.
func (v ownView) Cancelled() bool { return v.State == registration.Cancelled }

// Waits reports whether others come first. Who waits gets no code yet: it would
// be taken for a place.
func (v ownView) Waits() bool { return v.State == registration.Waitlisted }

// Enters reports whether the event belongs into the person's calendar: they have
// a place, or have yet to say so.
func (v ownView) Enters() bool {
	return v.Live() && v.Event.Open() && !v.Waits() && v.State != registration.Offered
}

// Again reports whether somebody who gave their place up may take one again: not
// where they have another one.
func (v ownView) Again() bool {
	return v.Cancelled() && v.Event.Open() && v.Reason != registration.ReasonMerged
}

// Ended is the text that says why the registration is one no more.
func (v ownView) Ended() string {
	switch v.Reason {
	case registration.ReasonMerged:
		return "page.own.cancelled.merged"
	case registration.ReasonStaff:
		return "page.own.cancelled.staff"
	case registration.ReasonLapsed:
		return "page.own.cancelled.lapsed"
	case registration.ReasonErased:
		return "page.own.cancelled.erased"
	}
	return "page.own.cancelled"
}

// own shows the own registration. It changes nothing.
func (p *site) own(c *gin.Context) error {
	own, err := p.s.Registrations.Own(c.Request.Context(), c.Param("token"))
	if err != nil {
		return err
	}
	return p.showOwn(c, http.StatusOK, own, "", strconv.Itoa(own.Registration.Party), nil)
}

// changed is in the address of the page that says so.
const changed = "changed"

// ownAct answers, changes the number of people or gives the place up.
func (p *site) ownAct(c *gin.Context) error {
	ctx := c.Request.Context()
	token, act, party := c.Param("token"), c.PostForm("act"), c.PostForm("party")
	if _, err := p.s.Registrations.Own(ctx, token); err != nil {
		return err
	}
	var err error
	switch act {
	case actChange:
		n, wrong := strconv.Atoi(party)
		if wrong != nil {
			n = 0 // refused by its range
		}
		_, err = p.s.Registrations.ChangeParty(ctx, token, c.PostForm("form"), n)
	case actComing:
		_, err = p.s.Registrations.ComingOwn(ctx, token, c.PostForm("form"))
	case actCancel, actCannot:
		_, err = p.s.Registrations.CancelOwn(ctx, token, c.PostForm("form"))
	default:
		err = errChoose("act")
	}
	if err == nil && act == actChange {
		return seeOther(c, p.page(c, "", "").Link(outreach.OwnPath+token+"?"+changed+"="+yes))
	}
	if err == nil {
		return seeOther(c, p.page(c, "", "").Link(outreach.OwnPath+token))
	}
	ws, status, ok := refused(c, err, map[string]string{"act": "page.own.choice", "party": "page.form.party"})
	if !ok {
		return err
	}
	// what was refused may be so because the seat is another one now
	own, err := p.s.Registrations.Own(ctx, token)
	if err != nil {
		return err
	}
	return p.showOwn(c, status, own, act, party, ws)
}

func (p *site) showOwn(c *gin.Context, status int, own registration.Own, act, party string, ws problem.Wrongs) error {
	ctx := c.Request.Context()
	texts, r := request.Texts(ctx), own.Registration
	shown, err := p.shown(ctx, own.Event, texts)
	if err != nil {
		return err
	}
	asks, err := p.s.Asker.Asks(ctx, own)
	if err != nil {
		return err
	}
	path := outreach.OwnPath + own.Token
	v := ownView{
		Page: p.personal(c, texts.Text("page.own.title", nil), path), Event: shown, State: r.State,
		Status: texts.Text("registration.state."+string(r.State), nil),
		People: texts.Count("page.form.party.one", r.Party, nil), Slot: slotName(own.Event, r.Slot),
		Path: path, Act: act, Party: party, Reason: r.Reason, FormID: p.formID(), ReadOnly: own.ReadOnly, Wrongs: ws,
		Asks: asks, Answered: own.Answered,
	}
	if c.Query(changed) == yes && v.Live() {
		v.Changed = texts.Text("page.own.changed", map[string]any{"people": v.People})
	}
	if own.Confirm != "" {
		v.Confirm = outreach.ConfirmPath + own.Confirm
		until := texts.Near(p.s.Now().Time()).FormatDate(calendar.InZone(r.HoldUntil, own.Event.Zone))
		v.Pending = texts.Text("page.own.pending", map[string]any{"until": until})
	}
	if r.State == registration.Offered {
		v.Offer = offer(own, p.s.Now(), texts)
	}
	if v.Offer == "" && v.Live() && !v.Waits() && own.Event.State == event.Published && shown.Phase != over {
		if v.Code, err = codeOf(own.Code); err != nil {
			return err
		}
	}
	return p.render(c, status, "own", v)
}

// offer says until when a place is free for the person.
func offer(own registration.Own, now calendar.Instant, texts *i18n.Printer) string {
	until := calendar.InZone(own.Registration.HoldUntil, own.Event.Zone)
	return texts.Text("page.own.offer.title", map[string]any{"until": texts.FormatClock(until), "day": texts.Near(now.Time()).FormatDay(until)})
}
