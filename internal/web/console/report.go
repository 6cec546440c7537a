package console

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// reportView is the report that a unit files afterwards.
type reportView struct {
	sheetHead
	Path, People string
	Ver          int64
	Typed        TypedReport
	Wrongs       problem.Wrongs
	// Not says why no report can be written, Ends when it can be; a form that was
	// filled in is shown all the same, lest what was typed be lost.
	Not, Ends string
}

// TypedReport is the form as it was typed.
type TypedReport struct{ Households, Villages, Officials, Summary, Lessons string }

// ReadReport reads the form of a report; the error names numbers that are none
// or missing: what is filed counts for good, so that nobody is taken for none.
func ReadReport(form url.Values) (TypedReport, event.ReportInput, error) {
	t := TypedReport{
		Households: form.Get("households"), Villages: form.Get("villages"), Officials: form.Get("officials"),
		Summary: form.Get("summary"), Lessons: form.Get("lessons"),
	}
	var c fault.Check
	in := event.ReportInput{
		Households: filled(&c, "households", t.Households), Villages: filled(&c, "villages", t.Villages),
		Officials: filled(&c, "officials", t.Officials), Summary: t.Summary, Lessons: t.Lessons,
	}
	if strings.TrimSpace(t.Summary) == "" { // said together with what else is missing
		c.Add("summary", "required")
	}
	return t, in, c.Err()
}

// reportLabels are what the form calls its fields.
var reportLabels = map[string]string{
	"households": "desk.report.households", "villages": "desk.report.villages", "officials": "desk.report.officials",
	"summary": "desk.report.summary", "lessons": "desk.report.lessons",
}

// filled reads a number that has to be there.
func filled(c *fault.Check, field, s string) int {
	if strings.TrimSpace(s) == "" {
		c.Add(field, "required")
		return 0
	}
	return whole(c, field, s)
}

// report shows the form, with the villages that were counted.
func (p *site) report(c *gin.Context, act actor.Actor) error {
	e, err := p.planned(c, act)
	if err != nil {
		return err
	}
	if err := e.Reportable(); err != nil {
		return p.noReport(c, act, e, err)
	}
	totals, err := p.s.Attendance.Totals(c.Request.Context(), act, e.ID)
	if err != nil {
		return err
	}
	return p.showReport(c, act, TypedReport{Villages: count(totals.Villages)}, e.Version(), nil, http.StatusOK)
}

// noReport says why no report can be written, instead of a form that would be
// refused.
func (p *site) noReport(c *gin.Context, act actor.Actor, e event.Event, why error) error {
	head, err := p.head(c, act, e, "", "/report")
	if err != nil {
		return err
	}
	v := reportView{sheetHead: head, Not: head.Texts.Fault(why)}
	v.Title = v.T("desk.report.write")
	if now := p.s.Now(); now < e.EndAt && (e.State == event.Approved || e.State == event.Published) {
		end := calendar.InZone(e.EndAt, e.Zone)
		v.Ends = v.T("desk.report.ends", "clock", v.Texts.FormatClock(end), "day", v.Texts.Near(now.Time()).FormatDay(end))
	}
	return p.render(c, http.StatusOK, "report", v)
}

func (p *site) showReport(c *gin.Context, act actor.Actor, typed TypedReport, ver int64, ws problem.Wrongs, status int) error {
	e, err := p.planned(c, act)
	if err != nil {
		return err
	}
	totals, err := p.s.Attendance.Totals(c.Request.Context(), act, e.ID)
	if err != nil {
		return err
	}
	v := reportView{Path: eventsPath + e.ID + "/report", Ver: ver, Typed: typed, Wrongs: ws}
	if v.sheetHead, err = p.head(c, act, e, "", "/report"); err != nil {
		return err
	}
	v.Title, v.People = v.T("desk.report.write"), v.N("desk.people", totals.People)
	return p.render(c, status, "report", v)
}

// reportSave files the report.
func (p *site) reportSave(c *gin.Context, act actor.Actor) error {
	ver := version(c.PostForm("ver")) // reads the whole form
	typed, in, err := ReadReport(c.Request.PostForm)
	if err == nil {
		_, err = p.s.Events.File(c.Request.Context(), act, c.Param("id"), ver, in)
	}
	if err != nil {
		ws, status, ok := refused(c, err, labelled(request.Texts(c.Request.Context()), reportLabels))
		if !ok {
			return err
		}
		return p.showReport(c, act, typed, ver, ws, status)
	}
	c.Redirect(http.StatusSeeOther, p.keep(c, eventsPath+c.Param("id")+"?done=report"))
	return nil
}
