package emulation

import (
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/survey"
)

// Opened is a figure with all that it came from.
type Opened struct {
	Line      Line
	Criterion Criterion
	// Table is the id of the table's version, Cut the data cut.
	Table string
	Cut   calendar.Instant
	Facts []Evidence
}

// Evidence is one count fact as it may be shown. Of a survey, Answers and
// Satisfied stand for the histogram; nil is hidden.
type Evidence struct {
	Fact      Fact
	Answers   *int
	Satisfied *int
}

// Open gives the facts behind one line of a card, to whoever sees the card.
func (s *Service) Open(ctx context.Context, act actor.Actor, cardID, criterion string) (Opened, error) {
	card, err := s.Get(ctx, act, cardID)
	if err != nil {
		return Opened{}, err
	}
	t, err := s.p.Facts.Table(ctx, card.Table)
	if err != nil {
		return Opened{}, err
	}
	at := slices.IndexFunc(card.Lines, func(l Line) bool { return l.Criterion == criterion })
	c, known := t.Criterion(criterion)
	if at < 0 || !known {
		return Opened{}, record.ErrAbsent
	}
	o := Opened{Line: card.Lines[at], Criterion: c, Table: t.ID, Cut: card.Cut}
	facts, err := s.factsOf(ctx, card, o.Line.Facts)
	o.Facts = show(facts)
	return o, err
}

// factsOf reads the facts that the line names, in their order.
func (s *Service) factsOf(ctx context.Context, card Card, ids []string) ([]Fact, error) {
	p, err := ParsePeriod(card.Period)
	if err != nil {
		return nil, err
	}
	all, err := s.p.Facts.Facts(ctx, card.Unit, p.Year, card.Cut)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, id := range ids {
		named[id] = true
	}
	return slices.DeleteFunc(all, func(f Fact) bool { return !named[f.ID] }), nil
}

// show takes histograms away and puts numbers in their place where an event has
// answers enough. The sum over all is the figure itself, so that one hidden
// number could be reckoned: the next smallest are hidden with it until those
// hidden are enough to be shown as one.
func show(facts []Fact) []Evidence {
	shown := make([]Evidence, len(facts))
	var order []int
	for i, f := range facts {
		shown[i].Fact = f
		shown[i].Fact.Histogram, shown[i].Fact.Answers = nil, 0
		if f.Kind == Surveyed && len(f.Histogram) > 0 {
			satisfied, answers := survey.Satisfied(f.Histogram[0])
			shown[i].Answers, shown[i].Satisfied = &answers, &satisfied
			order = append(order, i)
		}
	}
	hideSmall(shown, order)
	return shown
}

func hideSmall(shown []Evidence, order []int) {
	slices.SortStableFunc(order, func(a, b int) int { return *shown[a].Answers - *shown[b].Answers })
	answers, satisfied, hidden := 0, 0, 0
	hide := func(i int) {
		answers, satisfied, hidden = answers+*shown[i].Answers, satisfied+*shown[i].Satisfied, hidden+1
		shown[i].Answers, shown[i].Satisfied = nil, nil
	}
	for _, i := range order {
		if !survey.ShareShown(*shown[i].Satisfied, *shown[i].Answers) {
			hide(i)
		}
	}
	for _, i := range order {
		if hidden == 0 || hidden > 1 && survey.ShareShown(satisfied, answers) {
			return
		}
		if shown[i].Answers != nil {
			hide(i)
		}
	}
}
