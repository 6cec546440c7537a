package emulation

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Subject is whom a card is about: a unit, and who may see its card, the unit
// first and then the units above it.
type Subject struct {
	Unit  string
	Scope []string
}

// Compute makes the draft card of a period from facts alone. It is pure: the
// same table, facts and period give the same bytes, in whatever order the facts
// come; those of other units or after the cut are left out.
//
// A line's score is Max times the formula's share; shares and scores are
// thousandths, each rounded half up.
func Compute(t Table, facts []Fact, who Subject, p Period, cut calendar.Instant) (Card, error) {
	facts = counted(facts, who.Unit, cut)
	card := Card{
		Head: record.Head{ID: CardID(who.Unit, p)},
		Unit: who.Unit, Scope: who.Scope, Period: p.String(),
		Table: t.ID, State: CardDraft, Cut: cut,
	}
	metrics := Measure(facts, p, t.MinSample)
	for _, c := range t.criteria() {
		line, err := score(c, metrics)
		if err != nil {
			return Card{}, err
		}
		if line.Auto != nil {
			card.Automatic += *line.Auto
			card.OutOf += line.Max
		}
		card.Lines = append(card.Lines, line)
	}
	digest, err := digestOf(t, facts, card)
	card.Digest = digest
	return card, err
}

func score(c Criterion, metrics map[string]Metric) (Line, error) {
	line := Line{Criterion: c.ID, Max: c.Max}
	if c.Formula == "" {
		return line, nil
	}
	for i, need := range c.Needs {
		m := metrics[need]
		if i == 0 {
			line.Numerator, line.Denominator = m.Numerator, m.Denominator
		}
		line.Facts = append(line.Facts, m.Facts...)
		if !m.Enough() && line.Why == "" {
			line.Why = m.Why
		}
	}
	if line.Why != "" {
		// A figure that is too small to be scored is too small to be told.
		line.Numerator = 0
		return line, nil
	}
	formula, err := CompileFormula(c.Formula)
	if err != nil {
		return Line{}, err
	}
	share, err := formula.Share(metrics)
	if err != nil {
		return Line{}, err
	}
	points := halfUp(c.Max*share, 1000)
	line.Auto = &points
	return line, nil
}

// halfUp divides by a positive number and rounds half away from zero.
func halfUp(num, den int64) int64 {
	if num < 0 {
		return -halfUp(-num, den)
	}
	return (2*num + den) / (2 * den)
}

// inputs is what a digest covers. It is spelt out, so that a store's own fields
// (versions, an empty list read back as none) never change it; the names keep
// the digests of cards that are stored.
type inputs struct {
	Unit       string   `json:"Unit"`
	Period     string   `json:"Period"`
	Table      string   `json:"Table"`
	Groups     []Group  `json:"Groups"`
	MinSample  int      `json:"MinSample"`
	ReportDays int      `json:"ReportDays"`
	Facts      []string `json:"Facts"`
	Lines      []string `json:"Lines"`
}

func digestOf(t Table, facts []Fact, c Card) (string, error) {
	in := inputs{
		Unit: c.Unit, Period: c.Period, Table: t.ID,
		Groups: t.Groups, MinSample: t.MinSample, ReportDays: t.ReportDays,
	}
	for _, f := range facts {
		in.Facts = append(in.Facts, fmt.Sprint(f.ID, f.Kind, f.Event, f.Year, f.Month, f.N, f.At, f.EventType, f.People,
			f.Households, f.Villages, f.NoticeRequired, f.NoticeGiven, f.ReportOnTime, f.Answers, f.Histogram))
	}
	for _, l := range c.Lines {
		in.Lines = append(in.Lines, fmt.Sprint(l.Criterion, l.Max, points(l.Auto), l.Why, l.Numerator, l.Denominator, l.Facts))
	}
	data, err := json.Marshal(in)
	if err != nil {
		return "", fmt.Errorf("digest of a scorecard: %w", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

func points(p *int64) string {
	if p == nil {
		return "none"
	}
	return fmt.Sprint(*p)
}
