package console

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/outreach/desk"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// sheetView is one sheet: on paper, and as a form.
type sheetView struct {
	assets.Page
	Unit, Village, Made, By, Left string
	How                           string
	Urgent, Letters, Open         bool
	// Path is the form's page, Back that of all lists.
	Path, Back, FormID string
	// Missed says how many lines were not entered in time, where nothing is left.
	Missed string
	// Saved and Look say what became of the results that were just sent.
	Saved, Look string
	Lines       []lineView
}

// lineView is one line in words.
type lineView struct {
	Number                       int
	Name, Phone, Words, Language string
	// As shows what is said to the person as a page in their language would.
	As assets.Page
	// Live lines take a result; the first of those that have none has the focus.
	Live, Focus bool
	Choices     []choiceView
	// Outcome and Standing are of a line that has a result; Undo says that it can
	// be taken back, Good and Bad how it went.
	Outcome, Standing, Tries string
	Undo, Good, Bad          bool
	// Letter is set where the line is one.
	Letter *letterView
}

// letterView is a letter in the language of who gets it. Nobody has a street
// here: To are the lines of the address that there are, name, village and unit.
type letterView struct {
	To                []string
	Dear, Regards, By string
}

type choiceView struct {
	Value, Words string
}

func (p *site) view(c *gin.Context, act actor.Actor, here string) (sheetView, error) {
	ctx := c.Request.Context()
	sheet, lines, err := p.s.Desk.Show(ctx, act, c.Param("id"))
	if err != nil {
		return sheetView{}, err
	}
	n := p.names(ctx)
	u, err := n.unit(sheet.Unit)
	if err != nil {
		return sheetView{}, err
	}
	village, err := n.village(sheet.Village)
	if err != nil {
		return sheetView{}, err
	}
	urgent := sheet.Class == notifications.Urgent
	path := sheetsPath + sheet.ID
	v := sheetView{
		Page: p.page(c, n.title(sheet.Kind, urgent), path+here), Unit: u.Name(n.t.Lang()), Village: village,
		Made: n.t.Text("sheet.made", map[string]any{"time": n.when(sheet.At, u)}), By: n.by(sheet.Deadline(notifications.Millis(p.s.Now())), u), Left: n.left(sheet),
		How: n.how(sheet, u), Missed: n.missed(sheet),
		Urgent: urgent, Letters: sheet.Kind == paper.Letters, Open: sheet.Left() > 0,
		Path: path, Back: p.back(act, sheet), FormID: base64.RawURLEncoding.EncodeToString(p.s.IDs.Nonce(formIDBytes)),
	}
	for _, l := range lines {
		line := n.line(sheet, l)
		if v.Letters && l.Live {
			if line.Letter, err = n.letter(sheet, l, u); err != nil {
				return sheetView{}, err
			}
		}
		v.Lines = append(v.Lines, line)
	}
	if i := next(lines); i >= 0 {
		v.Lines[i].Focus = true
	}
	return v, nil
}

// next is the first line that takes a result and has none, else the first that
// takes one, else -1.
func next(lines []desk.Shown) int {
	if i := slices.IndexFunc(lines, func(l desk.Shown) bool { return l.Live && l.Outcome == "" }); i >= 0 {
		return i
	}
	return slices.IndexFunc(lines, func(l desk.Shown) bool { return l.Live })
}

// back is the list that the person may see: of the unit, or of the own village.
func (p *site) back(act actor.Actor, s paper.Sheet) string {
	if p.s.Desk.May(act, s.Unit, "") {
		return listPath(s.Unit, "")
	}
	return listPath(s.Unit, s.Village)
}

func (n *names) line(s paper.Sheet, l desk.Shown) lineView {
	v := lineView{Number: l.Number, Name: l.Name, Phone: grouped(l.Phone), Words: l.Words, Language: l.Language, As: assets.Page{Texts: n.p.s.Texts.For(l.Language)}, Live: l.Live}
	if v.Name == "" {
		v.Name = n.t.Text("sheet.no_name", nil)
	}
	if l.Tries > 0 {
		v.Tries = n.t.Count("sheet.tries", l.Tries, nil)
	}
	for _, o := range paper.Outcomes() {
		v.Choices = append(v.Choices, choiceView{string(o), n.outcome(met(s, l, o), o)})
	}
	if l.Live {
		v.Undo = l.Outcome != ""
		return v
	}
	standing := l.Standing
	if standing == paper.Waiting {
		standing = paper.Moved
	}
	v.Standing = n.t.Text("sheet.standing."+string(standing), nil)
	if l.Void {
		v.Standing = n.t.Text("sheet.standing.void", nil)
	}
	if l.Outcome != "" && standing == paper.Done {
		v.Outcome, v.Good = n.outcome(s.Kind, l.Outcome), l.Outcome == paper.Reached
		v.Bad = !v.Good
		v.Undo = l.Outcome != paper.NeverAgain
	}
	return v
}

// met is in whose words an outcome of a live line is said: whoever has no phone
// is visited, and is not at home or not known there instead of at a number.
func met(s paper.Sheet, l desk.Shown, o paper.Outcome) paper.Kind {
	if l.Live && l.Phone == "" && (o == paper.NotReached || o == paper.WrongNumber) {
		return paper.Letters
	}
	return s.Kind
}

// how says what is to be done with a sheet.
func (n *names) how(s paper.Sheet, u unit.Unit) string {
	what := "sheet.how"
	if s.Kind == paper.Letters {
		what = "sheet.letters.how"
	}
	return n.t.Text(what, map[string]any{"time": n.when(s.Until, u)})
}

// letter puts a line into a letter.
func (n *names) letter(s paper.Sheet, l desk.Shown, u unit.Unit) (*letterView, error) {
	t := n.p.s.Texts.For(l.Language)
	v := &letterView{Dear: t.Text("sheet.letter.dear", nil), Regards: t.Text("sheet.letter.from", nil), By: u.Name(t.Lang())}
	if l.Name != "" {
		v.Dear = t.Text("sheet.letter.to", map[string]any{"name": i18n.Written(l.Name)})
		v.To = append(v.To, l.Name)
	}
	if s.Village != "" {
		village, err := n.unit(s.Village)
		if err != nil {
			return nil, err
		}
		v.To = append(v.To, village.Name(t.Lang()))
	}
	v.To = append(v.To, v.By)
	return v, nil
}

func (n *names) outcome(kind paper.Kind, o paper.Outcome) string {
	if kind == paper.Letters {
		return n.t.Text("sheet.letters.outcome."+string(o), nil)
	}
	return n.t.Text("sheet.outcome."+string(o), nil)
}

// grouped is a number as it is read aloud: "+84 912 345 678".
func grouped(phone string) string {
	local, found := strings.CutPrefix(phone, "+84")
	if !found || len(local) < 9 {
		return phone
	}
	local = "0" + local
	return local[:len(local)-6] + " " + local[len(local)-6:len(local)-3] + " " + local[len(local)-3:]
}

// sheet shows the form: one row of choices a line.
func (p *site) sheet(c *gin.Context, act actor.Actor) error {
	v, err := p.view(c, act, "")
	if err != nil {
		return err
	}
	saved, look := ReadSaved(c.Request.URL.Query())
	if saved > 0 {
		v.Saved = v.N("sheet.saved", saved)
	}
	if len(look) > 0 {
		v.Look = v.T("sheet.look", "lines", strings.Join(look, ", "))
	}
	return p.render(c, http.StatusOK, "sheet", v)
}

// ReadSaved reads what a link says that became of results: how many lines were
// saved, and the numbers of those to look at again.
func ReadSaved(query url.Values) (saved int, look []string) {
	return positive(query.Get("saved")), numbersIn(query.Get("look"))
}

// positive reads a small count that a link carries, 0 where it is none.
func positive(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > paper.MaxLines {
		return 0
	}
	return n
}

// numbersIn reads numbers of lines that a link carries.
func numbersIn(s string) []string {
	var out []string
	for one := range strings.SplitSeq(s, ",") {
		if n := positive(one); n > 0 && len(out) < paper.MaxLines {
			out = append(out, strconv.Itoa(n))
		}
	}
	return out
}

// paper shows the sheet as it goes to the printer.
func (p *site) paper(c *gin.Context, act actor.Actor) error {
	v, err := p.view(c, act, "/print")
	if err != nil {
		return err
	}
	name := "calls"
	if v.Letters {
		name = "letters"
	}
	return p.render(c, http.StatusOK, name, v)
}
