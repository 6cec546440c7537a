package console

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
)

// ScorecardPath is the page of a unit's scorecard.
func ScorecardPath(unitID string) string { return unitsPath + unitID + "/scorecard" }

// cardView is a scorecard at a glance.
type cardView struct {
	Year, State, Score, OutOf, Path string
	Groups                          []scoreLine
}

// scoreLine is a group of criteria, or one criterion, with its points.
type scoreLine struct {
	Name, Score, OutOf string
	// Sample says how many answers a score is from, and how far off it may be.
	Sample string
	// Why says why there is no score; Figure is what was counted.
	Why, Figure string
	Facts       []factLine
}

// factLine is one count fact.
type factLine struct {
	When, Kind, Event, What string
	// Path leads to the event, empty for one that is gone.
	Path string
}

// seesCards tells whether somebody's roles show them the unit's scorecard.
func (p *site) seesCards(act actor.Actor, u unit.Unit) bool {
	return emulation.Sees(act, p.s.Now(), u.Above())
}

// card gives the unit's card of this year, nil where there is none yet.
func (p *site) card(ctx context.Context, act actor.Actor, n *names, u unit.Unit) (*cardView, error) {
	year := strconv.Itoa(calendar.DateOf(p.s.Now(), u.Zone).Year())
	list, err := p.s.Emulation.Page(ctx, act, emulation.CardFilter{Unit: u.ID, Period: year}, page.Request{Limit: 1})
	if err != nil || len(list.Items) == 0 {
		return nil, err
	}
	card, table, err := p.s.Emulation.Show(ctx, act, list.Items[0].ID)
	if err != nil {
		return nil, err
	}
	v := &cardView{
		Year: year, State: n.t.Text("scorecard.state."+string(card.State), nil), Path: ScorecardPath(u.ID),
		Score: n.points(card.Automatic), OutOf: n.points(card.OutOf),
	}
	for _, g := range table.Groups {
		v.Groups = append(v.Groups, n.group(g, card))
	}
	return v, nil
}

// group sums up a group's lines; one without any score says why.
func (n *names) group(g emulation.Group, card emulation.Card) scoreLine {
	out := scoreLine{Name: named(g.Names, n.t.Lang())}
	var sum, most int64
	for _, c := range g.Criteria {
		for _, l := range card.Lines {
			if l.Criterion != c.ID {
				continue
			}
			most += l.Max
			if l.Auto != nil {
				sum += *l.Auto
			}
			line := n.scoreLine(c, l)
			if out.Sample == "" {
				out.Sample = line.Sample
			}
			if l.Auto == nil && out.Why == "" {
				out.Why = line.Why
			}
		}
	}
	out.OutOf = n.points(most)
	if out.Why == "" {
		out.Score = n.points(sum)
	}
	return out
}

func (n *names) scoreLine(c emulation.Criterion, l emulation.Line) scoreLine {
	out := scoreLine{Name: named(c.Names, n.t.Lang()), OutOf: n.points(l.Max)}
	switch {
	case l.Auto != nil:
		out.Score = n.points(*l.Auto)
	case l.Why != "":
		out.Why = n.t.Text("scorecard.why."+l.Why, nil)
	default:
		out.Why = n.t.Text("overview.score.by_hand", nil)
	}
	if margin := l.Margin(c); margin > 0 {
		out.Sample = n.t.Text("overview.score.sample", map[string]any{"answers": l.Denominator, "margin": n.points(margin)})
	}
	if l.Auto != nil && len(c.Needs) > 0 {
		out.Figure = n.t.Text("scorecard.figure."+c.Needs[0], map[string]any{"numerator": l.Numerator, "denominator": l.Denominator})
	}
	return out
}

// points are thousandths with one digit, as the language writes them.
func (n *names) points(thousandths int64) string {
	tenths := (thousandths + 50) / 100
	return n.t.Text("overview.points", map[string]any{"whole": tenths / 10, "tenths": tenths % 10})
}

func named(names map[string]string, lang string) string {
	if name := names[lang]; name != "" {
		return name
	}
	return names["vi"]
}

// scorecardView is a card with every figure open.
type scorecardView struct {
	assets.Page
	Unit, Back, Cut, Table string
	Score                  *cardView
	Lines                  []scoreLine
}

// scorecard opens each figure of this year's card to the facts it came from.
func (p *site) scorecard(c *gin.Context, act actor.Actor) error {
	ctx := c.Request.Context()
	n := p.names(ctx)
	u, err := n.unit(c.Param("id"))
	if err != nil {
		return err
	}
	v := scorecardView{Page: p.page(c, n.t.Text("overview.score", nil), ScorecardPath(u.ID)), Unit: u.Name(n.t.Lang()), Back: unitsPath + u.ID}
	if v.Score, err = p.card(ctx, act, n, u); err != nil {
		return err
	}
	if v.Score != nil {
		if err := p.openCard(ctx, act, n, u, &v); err != nil {
			return err
		}
	}
	return p.render(c, http.StatusOK, "scorecard", v)
}

func (p *site) openCard(ctx context.Context, act actor.Actor, n *names, u unit.Unit, v *scorecardView) error {
	id := emulation.CardID(u.ID, emulation.Period{Year: calendar.DateOf(p.s.Now(), u.Zone).Year()})
	card, err := p.s.Emulation.Get(ctx, act, id)
	if err != nil {
		return err
	}
	v.Table, v.Cut = card.Table, n.t.FormatDate(calendar.InZone(card.Cut, u.Zone))
	for _, l := range card.Lines {
		opened, err := p.s.Emulation.Open(ctx, act, id, l.Criterion)
		if err != nil {
			return err
		}
		line := n.scoreLine(opened.Criterion, l)
		for _, fact := range opened.Facts {
			one, err := n.fact(ctx, act, fact, u)
			if err != nil {
				return err
			}
			line.Facts = append(line.Facts, one)
		}
		v.Lines = append(v.Lines, line)
	}
	return nil
}

// fact says what one count fact counts. The title is of an event that the
// person sees; one that is gone has none.
func (n *names) fact(ctx context.Context, act actor.Actor, e emulation.Evidence, u unit.Unit) (factLine, error) {
	f := e.Fact
	out := factLine{
		When: n.t.FormatDay(calendar.InZone(f.At, u.Zone)), Kind: n.t.Text("scorecard.fact."+string(f.Kind), nil),
		Event: n.t.Text("story.no_title", nil),
	}
	of, err := n.p.s.Events.Get(ctx, act, f.Event)
	if record.IgnoreAbsent(err) != nil {
		return out, err
	}
	if err == nil {
		out.Event, out.Path = of.Title, eventsPath+of.ID
	}
	switch {
	case f.Kind == emulation.Reported:
		out.What = n.t.Count("sheet.people", f.People, nil)
	case e.Answers != nil && e.Satisfied != nil:
		out.What = n.t.Text("scorecard.figure.satisfied", map[string]any{"numerator": *e.Satisfied, "denominator": *e.Answers})
	case f.Kind == emulation.Surveyed:
		out.What = n.t.Text("overview.score.hidden", nil)
	}
	return out, nil
}
