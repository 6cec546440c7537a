package resident

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

// eventCalendar is the event for a calendar, to anybody.
func (p *site) eventCalendar(c *gin.Context) error {
	e, err := p.s.Events.Public(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	// the same for everybody, and as long as the event is
	p.calendar(c, e, e.State == event.Cancelled, 0, outreach.PublicStamp(e))
	return nil
}

// ownCalendar is the event for the calendar of somebody who registered. The
// file names nobody, and is the same for all but for whether they still come, and
// how often they changed their mind.
func (p *site) ownCalendar(c *gin.Context) error {
	own, err := p.s.Registrations.Own(c.Request.Context(), c.Param("token"))
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.Header("X-Robots-Tag", "noindex, nofollow")
	r := own.Registration
	p.calendar(c, own.Event, own.Event.State == event.Cancelled || r.State == registration.Cancelled, r.Turns, p.s.Now())
	return nil
}

func (p *site) calendar(c *gin.Context, e event.Event, gone bool, turns int, at calendar.Instant) {
	in := p.invite(e, at)
	in.Turns = turns
	if gone {
		in.Method = outreach.MethodCancel
	}
	c.Header("Content-Disposition", `attachment; filename="event.ics"`)
	c.Data(http.StatusOK, "text/calendar; charset=utf-8; method="+in.Method, outreach.Calendar(e, in))
}

func (p *site) invite(e event.Event, at calendar.Instant) outreach.Invite {
	return outreach.Invite{
		Method: outreach.MethodPublish, Host: p.host, Organizer: p.organizer,
		URL: p.s.BaseURL + outreach.EventPath + e.ID, At: at,
	}
}
