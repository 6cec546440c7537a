package console

import (
	"cmp"
	"context"
	"slices"
	"strings"
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
	// Where tells events of one title apart: day, village, and the unit if it is
	// another one.
	Where string
	Due   dueTag
	by    calendar.Instant
}

// dueTag is a deadline as a sign, words and a colour.
type dueTag struct{ Sign, Words, Class string }

// owed is one duty about one event.
type owed struct {
	event.Duty
	of event.Event
}

// duties are what the unit has to do: about events, and on paper. What somebody
// cannot do is not put to them.
func (p *site) duties(ctx context.Context, act actor.Actor, n *names, u unit.Unit) ([]dutyLine, error) {
	own, err := p.eventDuties(ctx, act, u)
	if err != nil {
		return nil, err
	}
	judge, err := p.toJudge(ctx, act, n, u)
	if err != nil {
		return nil, err
	}
	out, err := n.dutyLines(append(own, judge...), u)
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

// eventDuties are about the unit's own events.
func (p *site) eventDuties(ctx context.Context, act actor.Actor, u unit.Unit) ([]owed, error) {
	now := p.s.Now()
	f := event.Filter{
		Unit: u.ID, From: now.Add(-duePast * day),
		States: []event.State{event.Draft, event.Submitted, event.Returned, event.Approved, event.Published, event.Postponed, event.Done},
	}
	list, err := p.s.Events.Page(ctx, act, f, page.Request{Limit: dueEvents})
	if err != nil {
		return nil, err
	}
	var out []owed
	for _, e := range list.Items {
		known, err := p.known(ctx, act, e)
		if err != nil {
			return nil, err
		}
		for _, d := range e.DutiesOf(known) {
			if mayDo(act, now, d.Kind, e, u) {
				out = append(out, owed{d, e})
			}
		}
	}
	return out, nil
}

// toJudge is what units below have submitted: their approver may sit above them
// and has no other list of it.
func (p *site) toJudge(ctx context.Context, act actor.Actor, n *names, u unit.Unit) ([]owed, error) {
	now := p.s.Now()
	if !act.HoldsAbove(int64(now), actor.Approver, u.Above()...) {
		return nil, nil
	}
	f := event.Filter{Scope: u.ID, States: []event.State{event.Submitted}, From: now.Add(-duePast * day)}
	list, err := p.s.Events.Page(ctx, act, f, page.Request{Limit: page.MaxLimit})
	if err != nil {
		return nil, err
	}
	var out []owed
	for _, e := range list.Items {
		lead, err := n.unit(e.Unit)
		if err != nil {
			return nil, err
		}
		for _, d := range e.Duties() {
			if e.Unit != u.ID && d.Kind == event.DutyApprove && mayDo(act, now, d.Kind, e, lead) {
				out = append(out, owed{d, e})
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

// dutyLines has a line for each duty, and one for the same duty about all events
// that one form made for one day: that leads to the day.
func (n *names) dutyLines(all []owed, u unit.Unit) ([]dutyLine, error) {
	var out []dutyLine
	for _, same := range together(all) {
		line, err := n.dutyLine(same, u)
		if err != nil {
			return nil, err
		}
		out = append(out, line)
	}
	return out, nil
}

// together puts duties together that are about one form's events of one day, in
// the order in which they come.
func together(all []owed) [][]owed {
	type alike struct {
		kind                  event.DutyKind
		programme, title, day string
	}
	var out [][]owed
	at := map[alike]int{}
	for _, one := range all {
		key := alike{one.Kind, cmp.Or(one.of.Programme, one.of.ID), one.of.Title, string(one.of.LocalStart.Date())}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key], out = i, append(out, nil)
		}
		out[i] = append(out[i], one)
	}
	return out
}

func (n *names) dutyLine(same []owed, u unit.Unit) (dutyLine, error) {
	e, by := same[0].of, same[0].By
	where := []string{n.t.Near(n.p.s.Now().Time()).FormatDay(calendar.InZone(e.StartAt, e.Zone))}
	line := dutyLine{
		Words: n.t.Text("overview.duty."+string(same[0].Kind), map[string]any{"title": i18n.Written(e.Title)}),
		Path:  eventsPath + e.ID, Due: n.due(by, u.Zone, true), by: by,
	}
	places := []string{e.Village, e.Unit}
	if len(same) > 1 {
		line.Path, places = dayPath(e.Unit, e.LocalStart.Date()), []string{e.Unit}
		where = append(where, n.t.Count("desk.villages", len(same), nil))
	}
	for _, id := range places {
		if id == "" || id == u.ID {
			continue
		}
		one, err := n.unit(id)
		if err != nil {
			return line, err
		}
		where = append(where, i18n.Written(one.Name(n.t.Lang())).String())
	}
	line.Where = strings.Join(where, " · ")
	return line, nil
}

func (n *names) paperDuty(d desk.Duty, u unit.Unit) (dutyLine, error) {
	village, err := n.village(d.Village)
	by := calendar.Instant(d.Deadline)
	line := dutyLine{Path: listPath(u.ID, ""), by: by, Due: n.due(by, u.Zone, by != 0)}
	if d.Urgent { // its days are not what counts: people are about to come
		line.Due = dueTag{"!", n.t.Text("overview.due.now", nil), "bad"}
	}
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
