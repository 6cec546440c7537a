package resident

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// surveyView is the form behind a code.
type surveyView struct {
	assets.Page
	Event  shownEvent
	Path   string
	FormID string
	Items  []itemView
	Text   string
	Helped bool
	Wrongs wrongs
}

// itemView is one question with its faces.
type itemView struct {
	// Field is its name in the form.
	Field, Words string
	Levels       []levelView
	None         bool
}

// Anchor is the id of its first level.
func (v itemView) Anchor() string { return strings.ReplaceAll(v.Field, ".", "-") }

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

// survey shows the form to whoever holds a code that was not used. Nothing is
// written.
func (p *site) survey(c *gin.Context) error {
	v, err := p.s.Surveys.Form(c.Request.Context(), c.Param("event"), c.Param("code"))
	if err != nil {
		return err
	}
	return p.showSurvey(c, http.StatusOK, v, survey.Submission{Levels: unanswered(len(v.Items))}, nil)
}

// surveyAct takes the answers. The same form sent twice is thanked for twice.
func (p *site) surveyAct(c *gin.Context) error {
	ctx := c.Request.Context()
	in := submitted(c)
	err := p.s.Surveys.Answer(ctx, in)
	if err == nil {
		return p.say(c, "page.survey.done", "page.survey.done.text")
	}
	fields := []string{levelsField, "text"}
	for i := range in.Levels {
		fields = append(fields, levelField(i))
	}
	ws, status, ok := refused(c, err, fields...)
	if !ok {
		return err
	}
	for i := range ws {
		if ws[i].Field == levelsField {
			ws[i].Field = levelField(0) // nothing was chosen: begin at the first
		}
	}
	v, err := p.s.Surveys.Form(ctx, in.Event, in.Code)
	if err != nil {
		return err
	}
	return p.showSurvey(c, status, v, in, ws)
}

func unanswered(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = noLevel
	}
	return out
}

// noLevel shows that nothing was touched yet; 0 is the choice not to answer.
const noLevel = -1

func levelField(i int) string { return levelsField + "." + strconv.Itoa(i) }

// submitted reads the form. How many questions it had it says itself, since a
// form that is sent a second time finds its code used.
func submitted(c *gin.Context) survey.Submission {
	in := survey.Submission{
		Event: c.Param("event"), Code: c.Param("code"), Form: c.PostForm("form"),
		Text: c.PostForm("text"), Helped: c.PostForm("helped") != "",
	}
	n, err := strconv.Atoi(c.PostForm("items"))
	if err != nil {
		return in
	}
	for i := range min(max(n, 0), survey.MaxItems) {
		words := c.PostForm(levelField(i))
		level, err := strconv.Atoi(words)
		if err != nil && words != "" {
			level = survey.Levels + 1 // refused by its range
		}
		in.Levels = append(in.Levels, level)
	}
	return in
}

func (p *site) showSurvey(c *gin.Context, status int, v survey.Survey, in survey.Submission, ws wrongs) error {
	ctx := c.Request.Context()
	texts := request.Texts(ctx)
	e, err := p.s.Events.Public(ctx, v.ID)
	if err != nil {
		return errors.Join(survey.ErrCode, err)
	}
	shown, err := p.shown(ctx, e, texts)
	if err != nil {
		return err
	}
	path := outreach.SurveyPath + v.ID + "/" + c.Param("code")
	out := surveyView{
		Page: p.personal(c, texts.Text("page.survey.title", nil), path), Event: shown, Path: path,
		FormID: p.formID(), Text: in.Text, Helped: in.Helped, Wrongs: ws,
	}
	for i, item := range v.Items {
		level := noLevel
		if i < len(in.Levels) {
			level = in.Levels[i]
		}
		out.Items = append(out.Items, itemOf(item, i, level, texts))
	}
	return p.render(c, status, "survey", out)
}

func itemOf(item survey.Item, i, level int, t *i18n.Printer) itemView {
	v := itemView{Field: levelField(i), Words: item.Words[t.Lang()], None: level == 0}
	switch {
	case item.Key != "":
		v.Words = t.Text("survey.item."+item.Key, nil)
	case v.Words == "":
		v.Words = item.Words[i18n.Default]
	}
	for n, mouth := range mouths {
		v.Levels = append(v.Levels, levelView{
			Value: n + 1, Words: t.Text("survey.level."+strconv.Itoa(n+1), nil), Mouth: mouth, Chosen: level == n+1,
		})
	}
	return v
}
