package demo

import (
	"context"
	"fmt"

	"github.com/sunday-with-the-people/sunday/internal/survey"
)

// answer has residents fill in the surveys whose links came by mail: that part
// of them now, and nobody twice.
func (h *held) answer(ctx context.Context, part float64) error {
	id := h.place.event(h.n)
	codes := h.stage.codes[id]
	some := codes[:int(float64(len(codes))*part+0.5)]
	h.stage.codes[id] = codes[len(some):]
	for _, code := range some {
		if !chance(h.r, answerShare/(1-leftShare)) {
			continue
		}
		in := survey.Submission{
			Event: id, Code: code, Form: "form-" + code, Levels: levels(h.r, h.place.pleased, len(survey.StandardItems())),
			Helped: chance(h.r, 0.1),
		}
		if chance(h.r, 0.2) {
			in.Text = pick(h.r, comments)
		}
		if err := h.stage.app.Services.Surveys.Answer(ctx, in); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
	return nil
}
