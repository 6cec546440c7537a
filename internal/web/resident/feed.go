package resident

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// A feed is a unit's or a village's calendar: at most feedMost events, those to
// come first, and what was in the last feedBack as far as there is room.
const (
	feedPath = "/calendars/"
	feedEnd  = ".ics"
	feedBack = 31 * 24 * time.Hour
	feedMost = 500
	// feedPast is how long after its start an event counts as one to come.
	feedPast = 24 * time.Hour
)

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
	f := p.feeds.of(feedKey{chosen.ID, name}, entries)
	c.Header("ETag", f.tag)
	c.Header("Cache-Control", "public, max-age=900")
	if has(c.GetHeader("If-None-Match"), f.tag) {
		c.Status(http.StatusNotModified)
		return nil
	}
	c.Header("Content-Disposition", `inline; filename="sunday.ics"`)
	c.Data(http.StatusOK, "text/calendar; charset=utf-8", f.body)
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

// followed are the entries of a feed, by start.
func (p *site) followed(ctx context.Context, chosen unit.Unit) ([]keptEntry, error) {
	now := p.s.Now()
	past, coming := 0, 0
	var out []keptEntry
	for r := (page.Request{Limit: page.MaxLimit}); ; {
		marks, err := p.s.Events.Followed(ctx, listedUnder(chosen), now.Add(-feedBack), r)
		if err != nil {
			return nil, err
		}
		found, err := p.entries.of(ctx, marks.Items)
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			switch {
			case !isFor(chosen, e.village):
				continue
			case e.start < now.Add(-feedPast):
				past++
			default:
				coming++
			}
			out = append(out, e)
		}
		if marks.Next == nil || coming >= feedMost {
			out = out[min(past, max(0, len(out)-feedMost)):]
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
