package api

import (
	"context"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// Survey asks those who came how it was.
type Survey struct {
	Event      string     `json:"event"`
	State      string     `json:"state" doc:"planned, opening, open or closed" example:"planned"`
	StateText  string     `json:"state_text" doc:"The state in the language asked for"`
	Items      []Question `json:"items" nullable:"false"`
	DelayHours int        `json:"delay_hours" doc:"How long after the event's end it opens"`
	OpensAt    *time.Time `json:"opens_at,omitempty"`
	ClosesAt   *time.Time `json:"closes_at,omitempty"`
	Invited    int        `json:"invited" doc:"How many codes were handed out"`
}

// Question is one item on the 5-level scale.
type Question struct {
	ID    string            `json:"id,omitempty"`
	Key   string            `json:"key,omitempty" doc:"A question of the standard set: overall, listened, useful or organised" example:"overall"`
	Words map[string]string `json:"words,omitempty" doc:"The unit's own question by language; vi is required"`
	Text  string            `json:"text,omitempty" readOnly:"true" doc:"The question in the language asked for"`
}

// SurveyResults are what is safe to show.
type SurveyResults struct {
	State   string   `json:"state"`
	Invited int      `json:"invited"`
	Answers *int     `json:"answers,omitempty" doc:"Left out where nothing is shown"`
	Shown   bool     `json:"shown" doc:"Whether the survey has closed with answers enough to show anything"`
	Note    string   `json:"note,omitempty" doc:"Why nothing is shown, in the language asked for"`
	Figures []Figure `json:"figures" nullable:"false" doc:"One for each question, if shown"`
	Texts   []string `json:"texts" nullable:"false" doc:"Open answers in no order, for staff of the very unit"`
}

// Figure is what is shown of one question. What is left out is hidden, since
// somebody could be recognised by it.
type Figure struct {
	Question
	Answers   *int   `json:"answers,omitempty"`
	Satisfied *int64 `json:"satisfied,omitempty" doc:"The share of levels 4 and 5, in thousandths"`
	Mean      *int64 `json:"mean,omitempty" doc:"The mean level, 1000 to 5000 thousandths"`
	Levels    []*int `json:"levels" nullable:"false" doc:"How many chose each level, from 1 to 5; null is hidden"`
}

func showQuestion(ctx context.Context) func(survey.Item) Question {
	texts := request.Texts(ctx)
	return func(i survey.Item) Question {
		return Question{ID: i.ID, Key: i.Key, Words: i.Words, Text: assets.Question(texts, i)}
	}
}

func showResults(ctx context.Context, r survey.Results) SurveyResults {
	out := SurveyResults{
		State: string(r.State), Invited: r.Invited, Shown: r.Shown, Note: assets.Unshown(request.Texts(ctx), r), Figures: []Figure{},
		Texts: append([]string{}, r.Texts...),
	}
	if r.Shown {
		out.Answers = &r.Answers
	}
	for i, f := range r.Figures {
		fig := Figure{Answers: f.Answers, Satisfied: f.Satisfied, Mean: f.Mean, Levels: f.Counts[:]}
		if i < len(r.Items) {
			fig.Question = showQuestion(ctx)(r.Items[i])
		}
		out.Figures = append(out.Figures, fig)
	}
	return out
}

type surveyPut struct {
	ByID
	Matching
	Body struct {
		Items      []Question `json:"items" nullable:"false" minItems:"1" maxItems:"5" doc:"The first is the overall one"`
		DelayHours int        `json:"delay_hours,omitempty" doc:"24 (the default) to 72"`
	}
}

func (m *mount) surveys() {
	s := m.Services.Surveys
	add(m, operation{
		ID: "get-survey", Do: "GET /events/{id}/survey", Says: "Get an event's survey", Scope: survey.ScopeRead,
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*oneOf[Survey], error) {
		return showOneSurvey(ctx)(s.Get(ctx, act, in.ID))
	})
	add(m, operation{
		ID: "put-survey", Do: "PUT /events/{id}/survey", Says: "Set the questions before the survey opens", Scope: survey.ScopeWrite,
	}, func(ctx context.Context, act actor.Actor, in *surveyPut) (*oneOf[Survey], error) {
		seen, err := in.ver()
		if err != nil {
			return nil, err
		}
		items := shown(in.Body.Items, func(q Question) survey.Item { return survey.Item{ID: q.ID, Key: q.Key, Words: q.Words} })
		return showOneSurvey(ctx)(s.Plan(ctx, act, in.ID, seen, items, in.Body.DelayHours))
	})
	add(m, operation{
		ID: "get-survey-results", Do: "GET /events/{id}/survey/results", Says: "Get what is safe to show of the answers", Scope: survey.ScopeRead,
		More: "Nothing until the survey has closed, and nothing below 10 answers.",
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*plain[SurveyResults], error) {
		r, err := s.Results(ctx, act, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[SurveyResults]{Body: showResults(ctx, r)}, nil
	})
}

func showOneSurvey(ctx context.Context) func(survey.Survey, error) (*oneOf[Survey], error) {
	return func(v survey.Survey, err error) (*oneOf[Survey], error) {
		if err != nil {
			return nil, err
		}
		return one(v.Ver, Survey{
			Event: v.ID, State: string(v.State), StateText: say(ctx, "survey.state."+string(v.State)),
			Items: shown(v.Items, showQuestion(ctx)), DelayHours: v.DelayHours, OpensAt: at(v.OpensAt), ClosesAt: at(v.ClosesAt),
			Invited: v.Invited,
		}), nil
	}
}
