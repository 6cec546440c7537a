package api

import (
	"context"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/page"
)

// Scorecard is a unit's for one period. Scores are thousandths of a point.
type Scorecard struct {
	ID        string      `json:"id"`
	Unit      string      `json:"unit"`
	Period    string      `json:"period" example:"2026-11"`
	Table     string      `json:"table" doc:"The version of the score table" example:"2026.1"`
	State     string      `json:"state" example:"draft"`
	StateText string      `json:"state_text" doc:"The state in the language asked for"`
	Cut       *time.Time  `json:"cut,omitempty" doc:"Facts up to then are counted"`
	Lines     []ScoreLine `json:"lines" nullable:"false"`
	Automatic int64       `json:"automatic" doc:"The sum of the lines that have an automatic score"`
	OutOf     int64       `json:"out_of" doc:"The most that those lines could have"`
	Digest    string      `json:"digest" doc:"The same facts give the same digest"`
}

// ScoreLine is one criterion of a card.
type ScoreLine struct {
	Criterion   string `json:"criterion" example:"held"`
	Max         int64  `json:"max"`
	Auto        *int64 `json:"auto,omitempty" doc:"Left out where it has no score; see why"`
	Why         string `json:"why,omitempty" example:"small_sample"`
	WhyText     string `json:"why_text,omitempty" doc:"Why there is no score, in the language asked for"`
	Numerator   int64  `json:"numerator"`
	Denominator int64  `json:"denominator"`
	Self        *int64 `json:"self,omitempty"`
	Appraised   *int64 `json:"appraised,omitempty"`
	Approved    *int64 `json:"approved,omitempty"`
}

// Evidence is a figure with all that it came from.
type Evidence struct {
	Line    ScoreLine         `json:"line"`
	Names   map[string]string `json:"names" doc:"The criterion by language"`
	Formula string            `json:"formula,omitempty"`
	Table   string            `json:"table"`
	Cut     *time.Time        `json:"cut,omitempty"`
	Facts   []Fact            `json:"facts" nullable:"false"`
}

// Fact is one immutable count. It names no person.
type Fact struct {
	ID             string     `json:"id"`
	Kind           string     `json:"kind" doc:"planned, cancelled, restored, reported or surveyed" example:"reported"`
	KindText       string     `json:"kind_text" doc:"The kind in the language asked for"`
	Event          string     `json:"event"`
	At             *time.Time `json:"at,omitempty"`
	People         int        `json:"people,omitempty"`
	Households     int        `json:"households,omitempty"`
	Villages       int        `json:"villages,omitempty"`
	NoticeRequired int        `json:"notice_required,omitempty" doc:"Days before the start"`
	NoticeGiven    int        `json:"notice_given,omitempty" doc:"Days before the start, -1 for none"`
	ReportOnTime   bool       `json:"report_on_time,omitempty"`
	Answers        *int       `json:"answers,omitempty" doc:"Of a survey; left out where it is hidden"`
	Satisfied      *int       `json:"satisfied,omitempty"`
}

func showCard(ctx context.Context) func(emulation.Card) Scorecard {
	return func(c emulation.Card) Scorecard {
		return Scorecard{
			ID: c.ID, Unit: c.Unit, Period: c.Period, Table: c.Table, State: string(c.State),
			StateText: say(ctx, "scorecard.state."+string(c.State)), Cut: at(c.Cut),
			Lines:     shown(c.Lines, func(l emulation.Line) ScoreLine { return showLine(ctx, l) }),
			Automatic: c.Automatic, OutOf: c.OutOf, Digest: c.Digest,
		}
	}
}

func showLine(ctx context.Context, l emulation.Line) ScoreLine {
	out := ScoreLine{
		Criterion: l.Criterion, Max: l.Max, Auto: l.Auto, Why: l.Why, Numerator: l.Numerator, Denominator: l.Denominator,
		Self: l.Self, Appraised: l.Appraised, Approved: l.Approved,
	}
	if l.Why != "" {
		out.WhyText = say(ctx, "scorecard.why."+l.Why)
	}
	return out
}

func showFact(ctx context.Context) func(emulation.Evidence) Fact {
	return func(e emulation.Evidence) Fact {
		f := e.Fact
		return Fact{
			ID: f.ID, Kind: string(f.Kind), KindText: say(ctx, "scorecard.fact."+string(f.Kind)), Event: f.Event, At: at(f.At),
			People: f.People, Households: f.Households, Villages: f.Villages, NoticeRequired: f.NoticeRequired,
			NoticeGiven: f.NoticeGiven, ReportOnTime: f.ReportOnTime, Answers: e.Answers, Satisfied: e.Satisfied,
		}
	}
}

type cardList struct {
	Paging
	Unit   string `query:"unit" maxLength:"36" doc:"The cards of this unit"`
	Scope  string `query:"scope" maxLength:"36" doc:"The cards of this unit and of all below it"`
	Period string `query:"period" maxLength:"7" doc:"A year, or a month of it" example:"2026-11"`
}

type byCriterion struct {
	ByID
	Criterion string `path:"criterion" maxLength:"64" example:"held"`
}

func (m *mount) scorecards() {
	s := m.Services.Emulation
	add(m, operation{
		ID: "list-scorecards", Do: "GET /scorecards", Says: "List scorecards", Scope: emulation.ScopeRead,
		More: "Either unit or scope has to be given.",
	}, func(ctx context.Context, act actor.Actor, in *cardList) (*listOf[Scorecard], error) {
		f := emulation.CardFilter{Unit: in.Unit, Scope: in.Scope, Period: in.Period}
		return paged(m.pager(ctx, in.Paging, "scorecards", in.Unit, in.Scope, in.Period), func(r page.Request) (page.List[emulation.Card], error) {
			return s.Page(ctx, act, f, r)
		}, showCard(ctx))
	})
	add(m, operation{
		ID: "get-scorecard", Do: "GET /scorecards/{id}", Says: "Get a scorecard", Scope: emulation.ScopeRead,
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*oneOf[Scorecard], error) {
		c, err := s.Get(ctx, act, in.ID)
		if err != nil {
			return nil, err
		}
		return one(c.Ver, showCard(ctx)(c)), nil
	})
	add(m, operation{
		ID: "open-figure", Do: "GET /scorecards/{id}/criteria/{criterion}/facts", Says: "Open a figure to the facts it came from", Scope: emulation.ScopeRead,
	}, func(ctx context.Context, act actor.Actor, in *byCriterion) (*plain[Evidence], error) {
		o, err := s.Open(ctx, act, in.ID, in.Criterion)
		if err != nil {
			return nil, err
		}
		return &plain[Evidence]{Body: Evidence{
			Line: showLine(ctx, o.Line), Names: o.Criterion.Names, Formula: o.Criterion.Formula, Table: o.Table, Cut: at(o.Cut),
			Facts: shown(o.Facts, showFact(ctx)),
		}}, nil
	})
}
