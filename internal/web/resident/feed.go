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
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// A feed is a unit's or a village's calendar: at most feedMost events, of what
// comes and of what was in the last feedBack. What began within feedBegun may
// still go on and counts as coming.
const (
	feedPath  = "/calendars/"
	feedEnd   = ".ics"
	feedBack  = 31 * 24 * time.Hour
	feedBegun = 24 * time.Hour
	feedMost  = 500
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

// followed are the entries of a feed by start: what comes, and before it the
// latest of what was, as far as there is room.
func (p *site) followed(ctx context.Context, chosen unit.Unit) ([]outreach.Entry, error) {
	now := p.s.Now()
	begun := now.Add(-feedBegun)
	coming, err := p.spanned(ctx, chosen, begun, 0, first)
	if err != nil || len(coming) == feedMost {
		return coming, err
	}
	past, err := p.spanned(ctx, chosen, now.Add(-feedBack), begun, last)
	return append(last(past, feedMost-len(coming)), coming...), err
}

// spanned are the entries of what starts in [from, until), until 0 for without an
// end: by start, and of more than feedMost those that keep leaves.
func (p *site) spanned(
	ctx context.Context, chosen unit.Unit, from, until calendar.Instant, keep func([]outreach.Entry, int) []outreach.Entry,
) ([]outreach.Entry, error) {
	var out []outreach.Entry
	for r := (page.Request{Limit: page.MaxLimit}); ; {
		marks, err := p.s.Events.Followed(ctx, listedUnder(chosen), from, until, r)
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
		out = keep(out, feedMost)
		if marks.Next == nil || len(out) == feedMost && until == 0 {
			return out, nil
		}
		r.After = marks.Next
	}
}

func first(all []outreach.Entry, n int) []outreach.Entry { return all[:min(len(all), n)] }

func last(all []outreach.Entry, n int) []outreach.Entry { return all[max(0, len(all)-n):] }

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
