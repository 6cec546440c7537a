package resident

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// Buttons of the survey's form.
const (
	goNext = "next"
	goSkip = "skip"
	goBack = "back"
	goSend = "send"
)

// surveyView is one screen of the form behind a code: one question, or the open
// text at the end. What was answered before travels in the form and in no
// address; nothing is kept until all of it is sent.
type surveyView struct {
	assets.Page
	Path   string
	FormID string
	// Items is how many questions there are, Step which screen this is, from 0.
	Items, Step       int
	Progress, Promise string
	// Question is nil on the last screen.
	Question *itemView
	Kept     []keptLevel
	Text     string
	MaxText  int
	Helped   bool
	Wrongs   problem.Wrongs
}

// keptLevel is the answer to another screen's question.
type keptLevel struct {
	Field string
	Value int
}

// itemView is one question with its faces.
type itemView struct {
	// Field is its name in the form.
	Field, Words string
	Levels       []levelView
}

// Anchor is the id of its first level.
func (v itemView) Anchor() string { return anchorOf(v.Field) }

type levelView struct {
	Value  int
	Words  string
	Mouth  string
	Chosen bool
}

// mouths are the faces' mouths from very dissatisfied to very satisfied, as
// paths in a square of 32.
var mouths = [survey.Levels]string{"M9 23q7-8 14 0", "M10 22q6-4 12 0", "M10 21h12", "M10 20q6 4 12 0", "M9 19q7 8 14 0"}

// levelsField is what the form's questions are called, with a dot and their
// number from 0.
const levelsField = "levels"

// noLevel shows that nothing was touched yet; 0 is the choice not to answer.
const noLevel = -1

func levelField(i int) string { return levelsField + "." + strconv.Itoa(i) }

// survey shows the first question to whoever holds a code that was not used.
// Nothing is written.
func (p *site) survey(c *gin.Context) error {
	v, err := p.s.Surveys.Form(c.Request.Context(), c.Param("event"), c.Param("code"))
	if err != nil {
		return err
	}
	return p.showSurvey(c, http.StatusOK, v, filled{}, 0, nil)
}

// surveyAct goes from one question to the next, and takes the answers at the
// end. The same form sent twice is thanked for twice.
func (p *site) surveyAct(c *gin.Context) error {
	ctx := c.Request.Context()
	in := filledIn(c)
	if in.pressed == goSend {
		return p.sendSurvey(c, in)
	}
	v, err := p.s.Surveys.Form(ctx, c.Param("event"), c.Param("code"))
	if err != nil {
		return err
	}
	step, err := in.turn(len(v.Items))
	if err != nil {
		ws, status, _ := problem.Refused(ctx, err, surveyControls(v.Items, request.Texts(ctx)))
		return p.showSurvey(c, status, v, in, step, ws)
	}
	return p.showSurvey(c, http.StatusOK, v, in, step, nil)
}

func (p *site) sendSurvey(c *gin.Context, in filled) error {
	ctx := c.Request.Context()
	err := p.s.Surveys.Answer(ctx, in.submission(c))
	if err == nil {
		return p.say(c, "page.survey.done", "page.survey.done.text")
	}
	v, lost := p.s.Surveys.Form(ctx, c.Param("event"), c.Param("code"))
	ws, status, ok := problem.Refused(ctx, err, surveyControls(v.Items, request.Texts(ctx)))
	if !ok {
		return err
	}
	if lost != nil {
		return lost
	}
	// the screen with the first thing that was wrong; where nothing was chosen
	// that is the first of all
	step := len(v.Items)
	for i := range ws {
		if at, ok := strings.CutPrefix(ws[i].Anchor, anchorOf(levelsField+".")); ok {
			n, _ := strconv.Atoi(at) // one of fields
			step = min(step, n)
		}
	}
	return p.showSurvey(c, status, v, in, step, ws)
}

// surveyControls are where the screens ask for the answers; that nothing was
// chosen at all is told at the first question.
func surveyControls(items []survey.Item, t *i18n.Printer) func(field string) problem.Control {
	return func(field string) problem.Control {
		switch field {
		case "text":
			return problem.Control{Anchor: field, Name: t.Text("page.survey.text", nil)}
		case levelsField:
			return problem.Control{Anchor: anchorOf(levelField(0))}
		}
		for i, item := range items {
			if field == levelField(i) {
				return problem.Control{Anchor: anchorOf(field), Name: assets.Question(t, item)}
			}
		}
		return problem.Control{}
	}
}

// filled is what a screen of the form sends: all answers so far, and which
// button was pressed on which screen.
type filled struct {
	form, text, pressed string
	helped              bool
	step                int
	levels              []int
}

// filledIn reads the form. How many questions it had it says itself, since a
// form that is sent a second time finds its code used.
func filledIn(c *gin.Context) filled {
	in := filled{form: c.PostForm("form"), text: c.PostForm("text"), pressed: c.PostForm("go"), helped: c.PostForm("helped") != ""}
	n, err := strconv.Atoi(c.PostForm("items"))
	if err != nil {
		return in
	}
	for i := range min(max(n, 0), survey.MaxItems) {
		words := c.PostForm(levelField(i))
		level, err := strconv.Atoi(words)
		switch {
		case words == "":
			level = noLevel
		case err != nil || level < 0 || level > survey.Levels:
			level = survey.Levels + 1 // refused by its range
		}
		in.levels = append(in.levels, level)
	}
	if in.step, err = strconv.Atoi(c.PostForm("step")); err != nil {
		in.step = 0
	}
	return in
}

// turn gives the screen that the pressed button leads to: without a button, as
// robots send forms, or without a choice it is refused and stays.
func (in *filled) turn(items int) (int, error) {
	step := min(max(in.step, 0), items)
	for len(in.levels) < items {
		in.levels = append(in.levels, noLevel)
	}
	switch {
	case in.pressed == goBack:
		return max(step-1, 0), nil
	case step == items:
		return step, errChoose("text")
	case in.pressed == goSkip:
		in.levels[step] = 0
		return step + 1, nil
	case in.pressed == goNext && in.levels[step] > survey.Levels:
		var c fault.Check
		c.Add(levelField(step), "survey.level")
		return step, c.Err()
	case in.pressed == goNext && in.levels[step] != noLevel:
		return step + 1, nil
	}
	return step, errChoose(levelField(step))
}

func (in filled) submission(c *gin.Context) survey.Submission {
	out := survey.Submission{Event: c.Param("event"), Code: c.Param("code"), Form: in.form, Text: in.text, Helped: in.helped}
	for _, level := range in.levels {
		out.Levels = append(out.Levels, max(level, 0))
	}
	return out
}

func (p *site) showSurvey(c *gin.Context, status int, v survey.Survey, in filled, step int, ws problem.Wrongs) error {
	ctx := c.Request.Context()
	texts := request.Texts(ctx)
	// whose event is no longer public has no survey either
	if _, err := p.s.Events.Public(ctx, v.ID); err != nil {
		return errors.Join(survey.ErrCode, err)
	}
	if in.form == "" {
		in.form = p.formID()
	}
	path := outreach.SurveyPath + v.ID + "/" + c.Param("code")
	out := surveyView{
		Page: p.personal(c, texts.Text("page.survey.title", nil), path), Path: path, FormID: in.form,
		Items: len(v.Items), Step: step, Text: in.text, MaxText: survey.MaxText, Helped: in.helped, Wrongs: ws,
		Progress: texts.Text("page.survey.progress", map[string]any{"n": step + 1, "of": len(v.Items) + 1}),
		Promise:  texts.Count("page.survey.promise", survey.MinShown, nil),
	}
	for i, level := range in.levels[:min(len(in.levels), len(v.Items))] {
		if i != step && level >= 0 && level <= survey.Levels {
			out.Kept = append(out.Kept, keptLevel{levelField(i), level})
		}
	}
	if step < len(v.Items) {
		level := noLevel
		if step < len(in.levels) {
			level = in.levels[step]
		}
		item := itemOf(v.Items[step], step, level, texts)
		out.Question = &item
	}
	return p.render(c, status, "survey", out)
}

func itemOf(item survey.Item, i, level int, t *i18n.Printer) itemView {
	v := itemView{Field: levelField(i), Words: assets.Question(t, item)}
	for n, mouth := range mouths {
		v.Levels = append(v.Levels, levelView{
			Value: n + 1, Words: t.Text("survey.level."+strconv.Itoa(n+1), nil), Mouth: mouth, Chosen: level == n+1,
		})
	}
	return v
}
