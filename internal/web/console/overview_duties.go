package console

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/outreach/desk"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

const day = 24 * time.Hour

// dutyLine is one thing to do, with its deadline in words.
type dutyLine struct {
	Words, Path string
	Due         dueTag
	by          calendar.Instant
}

// dueTag is a deadline as a sign, words and a colour.
type dueTag struct{ Sign, Words, Class string }

// duties are what the unit has to do: about its own events, and on paper. What
// somebody cannot do is not put to them.
func (p *site) duties(ctx context.Context, act actor.Actor, n *names, u unit.Unit) ([]dutyLine, error) {
	out, err := p.eventDuties(ctx, act, n, u)
	if err != nil {
		return nil, err
	}
	if p.s.Desk.May(act, u.ID, "") {
		paper, err := p.s.Desk.Duties(ctx, act, u.ID, "")
		if err != nil {
			return nil, err
		}
		for _, d := range paper {
			line, err := n.paperDuty(d, u)
			if err != nil {
				return nil, err
			}
			out = append(out, line)
		}
	}
	slices.SortStableFunc(out, func(a, b dutyLine) int { return cmp.Compare(a.by, b.by) })
	return out, nil
}

func (p *site) eventDuties(ctx context.Context, act actor.Actor, n *names, u unit.Unit) ([]dutyLine, error) {
	now := p.s.Now()
	f := event.Filter{
		Unit: u.ID, From: now.Add(-duePast * day),
		States: []event.State{event.Draft, event.Submitted, event.Returned, event.Approved, event.Published, event.Postponed, event.Done},
	}
	list, err := p.s.Events.Page(ctx, act, f, page.Request{Limit: dueEvents})
	if err != nil {
		return nil, err
	}
	var out []dutyLine
	for _, e := range list.Items {
		known, err := p.known(ctx, act, e)
		if err != nil {
			return nil, err
		}
		for _, d := range e.DutiesOf(known) {
			if mayDo(act, now, d.Kind, e, u) {
				out = append(out, n.eventDuty(d, e, u))
			}
		}
	}
	return out, nil
}

// known asks what duties need besides the event.
func (p *site) known(ctx context.Context, act actor.Actor, e event.Event) (event.Known, error) {
	k := event.Known{Reminders: true, Counted: true}
	var err error
	switch e.State {
	case event.Approved, event.Published:
		k.Reminders, err = p.reminds(ctx, act, e.ID)
	case event.Done:
		if k.ReportDays, err = p.s.Emulation.ReportDays(ctx, e.LocalStart.Date().Year()); err != nil {
			return k, err
		}
		k.Counted, err = p.counted(ctx, act, e.ID)
	}
	return k, err
}

func (p *site) reminds(ctx context.Context, act actor.Actor, eventID string) (bool, error) {
	_, held, err := p.s.Reminders.List(ctx, act, eventID)
	for _, h := range held {
		if !h.Off && !h.Removed && !h.Replaced {
			return true, err
		}
	}
	return false, err
}

func (p *site) counted(ctx context.Context, act actor.Actor, eventID string) (bool, error) {
	totals, err := p.s.Attendance.Totals(ctx, act, eventID)
	return totals.People > 0, err
}

// mayDo tells whether it is the person's to do: approvers approve what others
// planned, organizers do the rest.
func mayDo(act actor.Actor, now calendar.Instant, kind event.DutyKind, e event.Event, u unit.Unit) bool {
	if kind == event.DutyApprove {
		return act.HoldsAbove(int64(now), actor.Approver, u.Above()...) && act.ID != e.CreatedBy && act.ID != e.LastEditedBy
	}
	return act.Holds(int64(now), actor.Organizer, e.Unit)
}

func (n *names) eventDuty(d event.Duty, e event.Event, u unit.Unit) dutyLine {
	return dutyLine{
		Words: n.t.Text("overview.duty."+string(d.Kind), map[string]any{"title": i18n.Written(e.Title)}),
		Path:  eventsPath + e.ID, Due: n.due(d.By, u.Zone, true), by: d.By,
	}
}

func (n *names) paperDuty(d desk.Duty, u unit.Unit) (dutyLine, error) {
	village, err := n.village(d.Village)
	by := calendar.Instant(d.Deadline)
	line := dutyLine{Path: listPath(u.ID, ""), by: by, Due: n.due(by, u.Zone, by != 0)}
	if d.Sheet != "" {
		line.Path = sheetsPath + d.Sheet
	}
	line.Words = n.t.Count("overview.paper."+string(d.Kind), d.Count, map[string]any{"village": i18n.Written(village)})
	return line, err
}

// due says how long there is left, in days of the unit's calendar.
func (n *names) due(by calendar.Instant, zone string, known bool) dueTag {
	if !known {
		return dueTag{}
	}
	now := n.p.s.Now()
	switch days := calendar.DateOf(by, zone).DaysSince(calendar.DateOf(now, zone)); {
	case by < now && days < 0:
		return dueTag{"!", n.t.Count("overview.due.over", -days, nil), "bad"}
	case days == 0:
		return dueTag{"!", n.t.Text("overview.due.today", nil), "bad"}
	case days <= 7:
		return dueTag{"◷", n.t.Count("overview.due.left", days, nil), "wait"}
	default:
		return dueTag{"", n.t.Count("overview.due.left", days, nil), ""}
	}
}
