package console

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
)

// firstCautions are what the form says before anything is chosen, so that
// sending it need not stop for the same again.
func (p *site) firstCautions(v newView, u unit.Unit) (words []string, seen string) {
	var c fault.Check
	in := v.Typed.Input(&c, u.ID)
	in.Zone, in.Place = u.Zone, event.Place{Name: "-"}
	in, times, err := in.Check()
	if err != nil {
		return nil, "" // an event of before that would no longer be taken: the form says so when it is sent
	}
	return p.cautionWords(v.Page, event.Cautions(in, times, p.s.Now(), nil), nil)
}

// unseen gives the words of all cautions where one was not shown yet, and the
// mark that they have been shown; nil where nothing is new.
func (p *site) unseen(c *gin.Context, act actor.Actor, u unit.Unit, programme event.Programme) (words []string, seen string, err error) {
	ctx := c.Request.Context()
	var others []event.Event
	if at, _, err := calendar.Resolve(programme.Input.LocalStart, u.Zone, calendar.Earlier); err == nil {
		others, err = p.eventsOf(ctx, act, event.Filter{Unit: u.ID, From: at.Add(-day), Until: at.Add(day)}, mostKnown)
		if err != nil {
			return nil, "", err
		}
	}
	each, err := p.s.Events.Cautions(ctx, act, programme, others)
	if err != nil {
		return nil, "", err
	}
	words, seen = p.cautionWords(p.page(c, "", ""), slices.Concat(each...), others)
	shown := strings.Split(c.PostForm("seen"), ",")
	for mark := range strings.SplitSeq(seen, ",") {
		if mark != "" && !slices.Contains(shown, mark) {
			return words, seen, nil
		}
	}
	return nil, seen, nil
}

// cautionWords says each caution once, and marks it.
func (p *site) cautionWords(pg assets.Page, cautions []event.Caution, others []event.Event) (words []string, seen string) {
	var marks []string
	for _, one := range cautions {
		mark := string(one.Kind) + one.Other
		if slices.Contains(marks, mark) {
			continue
		}
		marks = append(marks, mark)
		words = append(words, p.caution(pg, one, others))
	}
	return words, strings.Join(marks, ",")
}

func (p *site) caution(pg assets.Page, one event.Caution, others []event.Event) string {
	data := map[string]any{"days": one.Days}
	if one.Day != "" {
		if at, err := calendar.ParseLocal(string(one.Day) + "T12:00"); err == nil {
			moment, _, _ := calendar.Resolve(at, "UTC", calendar.Earlier)
			data["day"] = pg.Texts.FormatDay(moment.Time())
		}
	}
	for _, e := range others {
		if e.ID == one.Other {
			data["title"] = pg.Wrote(e.Title)
		}
	}
	return pg.Texts.Text("desk.caution."+string(one.Kind), data)
}
