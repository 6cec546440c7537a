package console

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
)

// countView is where totals on paper and walk-ins are entered.
type countView struct {
	sheetHead
	Path, FormID string
	// First is whence most come, Rest the other villages of the unit.
	First, Elsewhere countRow
	Rest             []countRow
	Walkins          bool
	Total, Known     string
	Entries          []countEntry
	Wrongs           problem.Wrongs
	// Not says why nobody can be counted yet, From when they can; there is no form
	// then, but the one that was sent.
	Not, From string
}

type countRow struct{ Control, Name, People string }

// countEntry is what was entered before.
type countEntry struct {
	ID, Words, When string
	Undone          bool
}

// peoplePrefix begins the name of a village's control; peopleElsewhere is of
// people who come from none of them, or nobody asked.
const (
	peoplePrefix    = "people-"
	peopleElsewhere = peoplePrefix + Elsewhere
	walkins         = "walkins"
)

// ReadCounts reads the numbers of a form as counts of the villages, in their
// order and at last of people from elsewhere; empty ones and zeros are left
// out. The ids of the counts follow from the form's, so that it counts once.
func ReadCounts(form url.Values, villages []string) ([]attendance.Scan, error) {
	var c fault.Check
	key := form.Get("form")
	if key == "" || len(key) > maxFormID {
		c.Add("form", "form_id")
	}
	source := attendance.Paper
	if form.Get("source") == walkins {
		source = attendance.Tally
	}
	var out []attendance.Scan
	for _, village := range append(slices.Clone(villages), Elsewhere) {
		control := peoplePrefix + village
		n := people(&c, control, form.Get(control))
		if n == 0 {
			continue
		}
		scan := attendance.Scan{ID: id.Hash("count", key, string(source), village), Source: source, People: n}
		if village != Elsewhere {
			scan.Village = village
		}
		out = append(out, scan)
	}
	if len(out) == 0 && c.Err() == nil {
		c.Add(peopleElsewhere, "desk.nobody")
	}
	return out, c.Err()
}

// maxFormID is longer than any id that a page gives to its form.
const maxFormID = 64

func people(c *fault.Check, control, typed string) int {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return 0
	}
	n, err := strconv.Atoi(typed)
	if err != nil || n < 0 || n > attendance.MaxPeople {
		c.Add(control, "number.range", "min", 0, "max", attendance.MaxPeople)
		return 0
	}
	return n
}

// count shows what was counted, and the form.
func (p *site) count(c *gin.Context, act actor.Actor) error {
	return p.showCount(c, act, url.Values{}, nil)
}

// showCount shows the form with what was typed, and what was wrong with it.
func (p *site) showCount(c *gin.Context, act actor.Actor, typed url.Values, wrong error) error {
	ctx := c.Request.Context()
	e, err := p.s.Events.Get(ctx, act, c.Param("id"))
	if err != nil {
		return err
	}
	entries, totals, err := p.s.Attendance.Tallies(ctx, act, e.ID)
	if err != nil {
		return err
	}
	v := countView{Path: eventsPath + e.ID + "/count", Walkins: typed.Get("source") == walkins}
	if v.sheetHead, err = p.head(c, act, e, "", "/count"); err != nil {
		return err
	}
	v.Title = v.T("desk.count.title")
	v.FormID = cmp.Or(typed.Get("form"), base64.RawURLEncoding.EncodeToString(p.s.IDs.Nonce(formIDBytes)))
	v.Total, v.Known = v.N("desk.people", totals.People), v.N("desk.people", totals.Registered)
	villages, err := p.villagesOf(c, e)
	if err != nil {
		return err
	}
	v.Elsewhere = countRow{peopleElsewhere, v.T("desk.elsewhere.people"), typed.Get(peopleElsewhere)}
	for i, u := range villages {
		row := countRow{peoplePrefix + u.ID, u.Name(v.Lang()), typed.Get(peoplePrefix + u.ID)}
		if i == 0 && u.ID == e.Village {
			v.First = row
			continue
		}
		v.Rest = append(v.Rest, row)
	}
	if v.Entries, err = p.countEntries(c, v.Page, e, entries); err != nil {
		return err
	}
	if wrong == nil && !p.countable(e) {
		v.Not = v.Texts.Fault(event.ErrEarly)
		v.From = v.T("desk.count.from", "day", v.Texts.Near(p.s.Now().Time()).FormatDay(calendar.InZone(e.StartAt, e.Zone)))
	}
	status := http.StatusOK
	if wrong != nil {
		var ok bool
		if v.Wrongs, status, ok = refused(c, wrong, v.control); !ok {
			return wrong
		}
	}
	return p.render(c, status, "count", v)
}

func (p *site) countEntries(c *gin.Context, pg assets.Page, e event.Event, entries []attendance.Tallied) ([]countEntry, error) {
	n := p.names(c.Request.Context())
	var out []countEntry
	for _, one := range entries {
		from := pg.T("desk.elsewhere.people")
		if one.Village != "" {
			village, err := n.village(one.Village)
			if err != nil {
				return nil, err
			}
			from = pg.Wrote(village).String()
		}
		out = append(out, countEntry{
			ID: one.ID, Undone: one.Undone, When: pg.Texts.FormatDate(calendar.InZone(one.ServerAt, e.Zone)),
			Words: pg.T("desk.count.entry", "people", pg.N("desk.people", one.People), "from", from, "how", pg.T("desk.source."+string(one.Source))),
		})
	}
	return out, nil
}

// countSave counts what was entered, or takes a count back.
func (p *site) countSave(c *gin.Context, act actor.Actor) error {
	ctx, eventID := c.Request.Context(), c.Param("id")
	done := "counted"
	if entry := c.PostForm("undo"); entry != "" { // reads the whole form
		done = "uncounted"
		if _, err := p.s.Attendance.Undo(ctx, act, eventID, entry); err != nil {
			return err
		}
	} else if err := p.countIn(c, act, eventID); err != nil {
		return p.showCount(c, act, c.Request.PostForm, err)
	}
	c.Redirect(http.StatusSeeOther, p.keep(c, eventsPath+eventID+"/count?done="+done))
	return nil
}

func (p *site) countIn(c *gin.Context, act actor.Actor, eventID string) error {
	ctx := c.Request.Context()
	e, err := p.s.Events.Get(ctx, act, eventID)
	if err != nil {
		return err
	}
	if !p.countable(e) {
		return event.ErrEarly
	}
	villages, err := p.villagesOf(c, e)
	if err != nil {
		return err
	}
	ids := make([]string, len(villages))
	for i, u := range villages {
		ids[i] = u.ID
	}
	scans, err := ReadCounts(c.Request.PostForm, ids)
	if err != nil {
		return err
	}
	_, err = p.s.Attendance.Count(ctx, act, eventID, scans)
	return err
}

// countable reports whether people may have come: from the morning of the day
// on, since doors open before the start. Nobody has, days before. Only the form
// asks: what the service counts is the door's too, which never refuses.
func (p *site) countable(e event.Event) bool {
	return calendar.DateOf(p.s.Now(), e.Zone).DaysSince(calendar.DateOf(e.StartAt, e.Zone)) >= 0
}

// With is one number for the template that asks for it.
func (v countView) With(row countRow) numberView { return numberView{v, row} }

type numberView struct {
	View countView
	Row  countRow
}

// control is where people of a village are typed.
func (v countView) control(field string) problem.Control {
	for _, row := range append([]countRow{v.First, v.Elsewhere}, v.Rest...) {
		if row.Control == field {
			return problem.Control{Anchor: field, Name: v.Wrote(row.Name).String()}
		}
	}
	return problem.Control{}
}

// RestOpen reports whether something was typed, or is wrong, for another village.
func (v countView) RestOpen() bool {
	return slices.ContainsFunc(v.Rest, func(r countRow) bool { return r.People != "" || v.Wrongs.At(r.Control) != "" })
}
