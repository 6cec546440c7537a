package console

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
)

// overviewView is a unit at a glance.
type overviewView struct {
	assets.Page
	Unit   string
	Coming []eventLine
	// EventsPath lists all of them.
	EventsPath string
	Duties     []dutyLine
	Messages   []messagesCard
	Score      *cardView
	// New plans the next one, for those who may.
	New string
	// MayCards says that the person is shown the score, be it there or not.
	MayCards bool
}

const (
	// comingShown is how many events the overview has, messagesShown of how many
	// it says what was sent.
	comingShown, messagesShown = 8, 2
	// duePast is how far back events still have duties.
	duePast = 60
	// dueEvents bounds how many events are asked for theirs.
	dueEvents = 40
)

// overview shows what comes, what is to be done, what was sent and the score,
// each to those who may see it; to anybody without a role on the unit or above
// it the unit is absent.
func (p *site) overview(c *gin.Context, act actor.Actor) error {
	ctx := c.Request.Context()
	n := p.names(ctx)
	u, err := n.unit(c.Param("id"))
	if err != nil {
		return err
	}
	now := p.s.Now()
	coming, err := p.s.Events.Page(ctx, act, event.Filter{Scope: u.ID, States: shownStates, From: startOfDay(now, u.Zone)}, page.Request{Limit: comingShown})
	if err != nil {
		return err
	}
	path := unitsPath + u.ID
	v := overviewView{
		Page: p.page(c, n.t.Text("overview.title", nil), path), Unit: u.Name(n.t.Lang()), EventsPath: path + "/events",
		MayCards: p.seesCards(act, u),
	}
	if p.s.Events.MayPlan(act, u.ID) {
		v.New = newPath(u.ID)
	}
	if v.Coming, err = n.events(coming.Items, u); err != nil {
		return err
	}
	if v.Duties, err = p.duties(ctx, act, n, u); err != nil {
		return err
	}
	if v.Messages, err = p.told(ctx, act, n, coming.Items, u); err != nil {
		return err
	}
	if v.MayCards {
		if v.Score, err = p.card(ctx, act, n, u); err != nil {
			return err
		}
	}
	return p.render(c, http.StatusOK, "overview", v)
}

// shownStates are those of events that may still come.
var shownStates = []event.State{event.Draft, event.Submitted, event.Returned, event.Approved, event.Published, event.Postponed}

func startOfDay(now calendar.Instant, zone string) calendar.Instant {
	at, _, err := calendar.Resolve(calendar.DateOf(now, zone).At("00:00"), zone, calendar.Later)
	if err != nil {
		return now
	}
	return at
}

// eventLine is one event in a list.
type eventLine struct {
	Title, Path, When, Village, Unit string
	State                            stateTag
	heads
}

// stateTag is a state as a sign, a word and a colour.
type stateTag struct{ Sign, Words, Class string }

// events puts events into lines. Of another unit than u, its name is said.
func (n *names) events(list []event.Event, u unit.Unit) ([]eventLine, error) {
	filled, err := n.p.s.Registrations.Filled(n.ctx, list...)
	if err != nil {
		return nil, err
	}
	var out []eventLine
	for _, e := range list {
		lead, err := n.unit(e.Unit)
		if err != nil {
			return nil, err
		}
		line := eventLine{
			Title: e.Title, Path: eventsPath + e.ID, State: n.state(e.State), heads: headsOf(filled[e.ID]),
			When: n.t.Near(n.p.s.Now().Time()).FormatRange(calendar.InZone(e.StartAt, e.Zone), calendar.InZone(e.EndAt, e.Zone)),
		}
		if lead.ID != u.ID {
			line.Unit = lead.Name(n.t.Lang())
		}
		if e.Village != "" {
			if line.Village, err = n.village(e.Village); err != nil {
				return nil, err
			}
		}
		out = append(out, line)
	}
	return out, nil
}

func (n *names) state(s event.State) stateTag {
	tag := stateTag{Sign: "✎", Words: n.t.Text("event.state."+string(s), nil)}
	switch s {
	case event.Published, event.Reported:
		tag.Sign, tag.Class = "✓", "good"
	case event.Submitted, event.Approved, event.Done:
		tag.Sign, tag.Class = "◷", "wait"
	case event.Returned, event.Postponed:
		tag.Sign, tag.Class = "!", "wait"
	case event.Cancelled:
		tag.Sign, tag.Class = "✕", "bad"
	}
	return tag
}
