package survey

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
)

// Results is what staff may see of a survey.
type Results struct {
	State   State
	Invited int
	Items   []Item
	// Answers is how many there are; 0 while the survey is open, when a count
	// seen twice would tell of the answer in between.
	Answers int
	// Shown says whether there are enough answers to show anything more.
	Shown bool
	// Figures has one entry per item, nil unless Shown.
	Figures []Figure
	// Texts are the open texts in order of random ids; nil unless Shown and the
	// reader serves the very unit.
	Texts []string
}

// Results gives what is safe to show, once the survey has closed: before that,
// looking twice would show a single answer. Staff of the event's units and of
// those above them see figures, only those of the very unit the texts.
func (s *Service) Results(ctx context.Context, act actor.Actor, eventID string) (Results, error) {
	v, e, err := s.seen(ctx, act, eventID)
	if err != nil {
		return Results{}, err
	}
	r := Results{State: v.State, Invited: v.Invited, Items: v.Items}
	if v.State != Closed || v.Result == nil {
		return r, nil
	}
	r.Answers = v.Result.Answers
	r.Figures, r.Shown = Summarise(*v.Result)
	if r.Shown && s.readsTexts(act, e) {
		r.Texts, err = s.texts(ctx, v)
	}
	return r, err
}

// readsTexts asks for a grant on the very unit: people write about themselves.
func (s *Service) readsTexts(act actor.Actor, e event.Event) bool {
	return act.Any(int64(s.p.Now()), e.Unit, actor.Reviewer, actor.Organizer, actor.Admin)
}

// texts come in the order of random ids, which is no order of time.
func (s *Service) texts(ctx context.Context, v Survey) ([]string, error) {
	answers, err := s.answers(ctx, v)
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, a := range answers {
		if a.Text != "" {
			texts = append(texts, a.Text)
		}
	}
	return texts, nil
}
