package resident

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// A feed is a unit's or a village's calendar: what was in the last feedBack, and
// at most feedMost events.
const (
	feedPath = "/calendars/"
	feedEnd  = ".ics"
	feedBack = 31 * 24 * time.Hour
	feedMost = 500
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

// feed is the calendar of a unit and those below it, or of a village, to follow.
// A calendar that has it as it is gets a 304.
func (p *site) feed(c *gin.Context) error {
	ctx := c.Request.Context()
	file, isFeed := strings.CutSuffix(c.Param("file"), feedEnd)
	chosen, err := p.units.of(ctx, file)
	if err != nil {
		return err
	}
	if !isFeed || chosen.ID == "" {
		return record.ErrAbsent
	}
	entries, err := p.followed(ctx, chosen)
	if err != nil {
		return err
	}
	name := request.Texts(ctx).Text("page.coming.of", map[string]any{"unit": chosen.Name(request.Lang(ctx))})
	body := outreach.Feed(entries, name)
	sum := sha256.Sum256(body)
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	c.Header("ETag", tag)
	c.Header("Cache-Control", "public, max-age=900")
	if has(c.GetHeader("If-None-Match"), tag) {
		c.Status(http.StatusNotModified)
		return nil
	}
	c.Header("Content-Disposition", `inline; filename="sunday.ics"`)
	c.Data(http.StatusOK, "text/calendar; charset=utf-8", body)
	return nil
}

// has reads an If-None-Match. What a proxy made a weak tag of is the same bytes.
func has(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == tag || one == "*" {
			return true
		}
	}
	return false
}

func (p *site) followed(ctx context.Context, chosen unit.Unit) ([]outreach.Entry, error) {
	from := p.s.Now().Add(-feedBack)
	var out []outreach.Entry
	for r := (page.Request{Limit: page.MaxLimit}); ; {
		marks, err := p.s.Events.Followed(ctx, listedUnder(chosen), from, r)
		if err != nil {
			return nil, err
		}
		found, err := p.entries.of(ctx, marks.Items)
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			if isFor(chosen, e.village) {
				out = append(out, e.Entry)
			}
		}
		if marks.Next == nil || len(out) >= feedMost {
			return out[:min(len(out), feedMost)], nil
		}
		r.After = marks.Next
	}
}

// listedUnder is the unit whose events hold those for the chosen one: a village
// has what is for it, and what its commune plans for everybody.
func listedUnder(chosen unit.Unit) string {
	if chosen.Kind == unit.Village {
		return chosen.Parent
	}
	return chosen.ID
}

// isFor reports whether what takes place in a village, or in none, is for the
// chosen unit.
func isFor(chosen unit.Unit, village string) bool {
	return chosen.Kind != unit.Village || village == "" || village == chosen.ID
}
