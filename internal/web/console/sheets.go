package console

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/outreach/desk"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// sheetsView is what a unit, or one village, has to print and to work off.
type sheetsView struct {
	assets.Page
	Unit, Path string
	Todo       []todoView
	Open, Done []sheetItem
	Find       []findView
}

// todoView is a list that nobody has printed yet.
type todoView struct {
	Title, Village, Count, By string
	Urgent                    bool
	VillageID, Kind           string
}

// sheetItem is one sheet in a list.
type sheetItem struct {
	Title, Village, Made, Left, By, Path string
	Urgent                               bool
}

// findView is people of one village who cannot be reached any more.
type findView struct {
	Village, Count string
	Names          []string
}

// doneSheets is how many finished sheets are shown.
const doneSheets = 20

func listPath(unitID, village string) string {
	path := unitsPath + unitID + "/sheets"
	if village == "" {
		return path
	}
	return path + "?" + url.Values{"village": {village}}.Encode()
}

// sheets shows what is left to do, urgent first.
func (p *site) sheets(c *gin.Context, act actor.Actor) error {
	ctx := c.Request.Context()
	unitID, village := c.Param("id"), c.Query("village")
	duties, err := p.s.Desk.Duties(ctx, act, unitID, village)
	if err != nil {
		return err
	}
	n := p.names(ctx)
	u, err := n.unit(unitID)
	if err != nil {
		return err
	}
	path := listPath(unitID, village)
	v := sheetsView{Page: p.page(c, n.t.Text("sheet.title", nil), path), Unit: u.Name(n.t.Lang()), Path: path}
	for _, d := range duties {
		if d.Kind == desk.PrintList {
			one, err := n.todo(d, u)
			if err != nil {
				return err
			}
			v.Todo = append(v.Todo, one)
		}
	}
	if err := p.listed(c, act, n, u, village, &v); err != nil {
		return err
	}
	if v.Find, err = p.toFind(c, act, n, duties); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "sheets", v)
}

func (n *names) todo(d desk.Duty, u unit.Unit) (todoView, error) {
	name, err := n.village(d.Village)
	return todoView{
		Title: n.title(d.Paper, d.Urgent), Village: name, Urgent: d.Urgent, VillageID: d.Village, Kind: string(d.Paper),
		Count: n.t.Count("sheet.people", d.Count, nil), By: n.by(d.Deadline, u),
	}, err
}

// by says until when something is of use.
func (n *names) by(at notifications.Millis, u unit.Unit) string {
	if at == 0 {
		return ""
	}
	return n.t.Text("sheet.by", map[string]any{"time": n.when(at, u)})
}

func (n *names) title(kind paper.Kind, urgent bool) string {
	name := "sheet." + string(kind)
	if urgent {
		name += ".urgent"
	}
	return n.t.Text(name, nil)
}

// listed adds the sheets that there are.
func (p *site) listed(c *gin.Context, act actor.Actor, n *names, u unit.Unit, village string, v *sheetsView) error {
	f := paper.Filter{Unit: u.ID, Village: village, Open: true}
	open, err := p.s.Desk.Page(c.Request.Context(), act, f, page.Request{Limit: page.MaxLimit})
	if err != nil {
		return err
	}
	f.Open = false
	all, err := p.s.Desk.Page(c.Request.Context(), act, f, page.Request{Limit: page.MaxLimit})
	if err != nil {
		return err
	}
	for _, urgent := range []bool{true, false} {
		for _, s := range open.Items {
			if s.State == paper.Open && urgent == (s.Class == notifications.Urgent) {
				if v.Open, err = n.add(v.Open, s, u); err != nil {
					return err
				}
			}
		}
	}
	for _, s := range all.Items {
		if s.State == paper.Closed && len(s.Lines) > 0 && len(v.Done) < doneSheets {
			if v.Done, err = n.add(v.Done, s, u); err != nil {
				return err
			}
		}
	}
	return nil
}

func (n *names) add(to []sheetItem, s paper.Sheet, u unit.Unit) ([]sheetItem, error) {
	name, err := n.village(s.Village)
	item := sheetItem{
		Title: n.title(s.Kind, s.Class == notifications.Urgent), Village: name, Urgent: s.Class == notifications.Urgent,
		Made: n.t.Text("sheet.made", map[string]any{"time": n.when(s.At, u)}), Path: sheetsPath + s.ID,
		By: n.by(s.Deadline(notifications.Millis(n.p.s.Now())), u), Left: n.left(s),
	}
	return append(to, item), err
}

func (n *names) left(s paper.Sheet) string {
	if s.Left() == 0 {
		return cmp.Or(n.missed(s), n.t.Text("sheet.all_done", nil))
	}
	return n.t.Text("sheet.left", map[string]any{"left": s.Left(), "lines": len(s.Lines)})
}

// missed says how many lines were not entered in time, "" where all were.
func (n *names) missed(s paper.Sheet) string {
	if s.Missed() == 0 {
		return ""
	}
	return n.t.Count("sheet.missed", s.Missed(), nil)
}

// toFind names the people whose contact is to be found.
func (p *site) toFind(c *gin.Context, act actor.Actor, n *names, duties []desk.Duty) ([]findView, error) {
	var out []findView
	for _, d := range duties {
		if d.Kind != desk.FindContact {
			continue
		}
		name, err := n.village(d.Village)
		if err != nil {
			return nil, err
		}
		people, err := p.s.Desk.Names(c.Request.Context(), act, d)
		if err != nil {
			return nil, err
		}
		for i, who := range people {
			if who == "" {
				people[i] = n.t.Text("sheet.no_name", nil)
			}
		}
		out = append(out, findView{Village: name, Count: n.t.Count("sheet.people", d.Count, nil), Names: people})
	}
	return out, nil
}

// print makes a sheet and shows it as it goes to the printer.
func (p *site) print(c *gin.Context, act actor.Actor) error {
	order := desk.Order{
		Unit: c.Param("id"), Village: c.PostForm("village"), Urgent: c.PostForm("urgent") != "", Kind: paper.Kind(c.PostForm("kind")),
	}
	sheet, err := p.s.Desk.Print(c.Request.Context(), act, order)
	if err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, p.keep(c, sheetsPath+sheet.ID+"/print"))
	return nil
}

// keep keeps the language that was asked for by name.
func (p *site) keep(c *gin.Context, path string) string {
	out := assets.Page{}
	if c.Query("lang") != "" {
		out.Keep = request.Texts(c.Request.Context()).Lang()
	}
	return out.Link(path)
}
