package console

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
)

// opinionsView is what people answered afterwards. Why says why nothing of it is
// shown.
type opinionsView struct {
	Why   string
	Lines []opinionLine
	Texts []string
}

// opinionLine is one question. Percent of those who answered it were satisfied,
// where that is Shown.
type opinionLine struct {
	Question, Words string
	Percent         int64
	Shown           bool
}

// opinions is nil where there is no survey, and for those who may not see it.
func (p *site) opinions(ctx context.Context, act actor.Actor, e event.Event, t *i18n.Printer) (*opinionsView, error) {
	if e.State != event.Done && e.State != event.Reported {
		return nil, nil //nolint:nilnil // nobody was asked yet
	}
	r, err := p.s.Surveys.Results(ctx, act, e.ID)
	if err != nil {
		return nil, record.IgnoreAbsent(err)
	}
	if why := assets.Unshown(t, r); why != "" {
		return &opinionsView{Why: why}, nil
	}
	v := &opinionsView{Texts: r.Texts}
	for i, f := range r.Figures {
		line := opinionLine{Question: assets.Question(t, r.Items[i])}
		switch {
		case f.Answers == nil:
			line.Words = t.Text("survey.too_few", map[string]any{"min": survey.MinShown})
		case f.Satisfied == nil: // one or two people would stand alone
			line.Words = t.Count("desk.opinions.hidden", *f.Answers, nil)
		default:
			line.Percent, line.Shown = (*f.Satisfied+5)/10, true
			line.Words = t.Count("desk.opinions.satisfied", *f.Answers, map[string]any{"percent": line.Percent})
		}
		v.Lines = append(v.Lines, line)
	}
	return v, nil
}
