package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// linePrefix begins the name of a line's choice: "line-7".
const linePrefix = "line-"

var errResults = fault.New(fault.Invalid, "sheet.outcome")

// ReadResults reads the choices of a form in the order of the lines. Lines
// without one are left out; a choice that is none, a line that cannot be, and
// two choices for one line are refused.
func ReadResults(form url.Values) ([]paper.Entry, error) {
	var out []paper.Entry
	for name, values := range form {
		rest, found := strings.CutPrefix(name, linePrefix)
		if !found {
			continue
		}
		number, err := strconv.Atoi(rest)
		if err != nil || number < 1 || number > paper.MaxLines || rest != strconv.Itoa(number) || len(values) != 1 {
			return nil, errResults
		}
		outcome := paper.Outcome(values[0])
		if outcome == "" {
			continue
		}
		if !outcome.Valid() {
			return nil, errResults
		}
		out = append(out, paper.Entry{Number: number, Outcome: outcome})
	}
	slices.SortFunc(out, func(a, b paper.Entry) int { return cmp.Compare(a.Number, b.Number) })
	return out, nil
}

// results saves what was chosen and comes back to the first line without a
// result. Taking one back saves the others too.
func (p *site) results(c *gin.Context, act actor.Actor) error {
	ctx, id := c.Request.Context(), c.Param("id")
	form := c.PostForm("form") // reads the whole form
	entries, err := ReadResults(c.Request.PostForm)
	if err != nil {
		return err
	}
	query := url.Values{}
	if len(entries) > 0 {
		_, answers, err := p.s.Desk.Enter(ctx, act, id, form, entries)
		if err != nil {
			return err
		}
		summary(query, answers)
	}
	if number := positive(c.PostForm("undo")); number > 0 {
		if _, err := p.s.Desk.Undo(ctx, act, id, number, form); err != nil {
			p.failTo(c, err, sheetsPath+id, "sheet.enter")
			return nil
		}
	}
	path := sheetsPath + id
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	c.Redirect(http.StatusSeeOther, p.keep(c, path))
	return nil
}

// summary puts into the link how many were saved and which lines were not.
func summary(query url.Values, answers []paper.Answer) {
	saved := 0
	var look []string
	for _, a := range answers {
		if a.Said == paper.SaidSaved || a.Said == paper.SaidAgain {
			saved++
		} else {
			look = append(look, strconv.Itoa(a.Number))
		}
	}
	if saved > 0 {
		query.Set("saved", strconv.Itoa(saved))
	}
	if len(look) > 0 {
		query.Set("look", strings.Join(look, ","))
	}
}
