package console

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// eventView is one event for staff: how it stands, what is missing, what may be
// done, and what was done.
type eventView struct {
	sheetHead
	Path, Type    string
	State         stateTag
	Note          string
	Ver           int64
	About, Bring  string
	Host, Contact string
	MapLink       string
	Slots         []slotLine
	Seats         string
	Public, Short string
	DayPath       string
	Missing       []missing
	Cautions      []string
	Wrongs        problem.Wrongs
	// Primary is the one act that comes next, Others those besides.
	Primary       *actView
	Others        []actView
	Edit, Again   string
	Count, Report string
	Messages      string
	NoticeKinds   []option
	History       []historyLine
	Reported      *event.Report
	Opinions      *opinionsView
	People        string
}

type slotLine struct{ Name, Places string }

type missing struct {
	Words string
	Due   dueTag
}

// actView is one act to choose. Reason acts ask why.
type actView struct {
	Act, Words, Why string
	Reason          bool
	Danger          bool
}

type historyLine struct{ When, Who, What string }

// mostHistory is how many lines of its history a page shows.
const mostHistory = 40

// event shows one event to staff who see it.
func (p *site) event(c *gin.Context, act actor.Actor) error {
	return p.showEvent(c, act, nil, http.StatusOK)
}

func (p *site) showEvent(c *gin.Context, act actor.Actor, ws problem.Wrongs, status int) error {
	ctx := c.Request.Context()
	e, err := p.s.Events.Get(ctx, act, c.Param("id"))
	if err != nil {
		return err
	}
	v := eventView{Wrongs: ws}
	if v.sheetHead, err = p.head(c, act, e, e.Title, ""); err != nil {
		return err
	}
	t := v.Texts
	v.Path, v.Type, v.State, v.Note, v.Ver = eventsPath+e.ID, t.Text("event.type."+string(e.Type), nil), p.names(ctx).state(e.State), e.StatusNote, e.Version()
	v.About, v.Bring, v.Host, v.Contact, v.MapLink = e.About, e.Bring, e.Host, e.Contact, e.Place.Link
	v.DayPath, v.Reported = dayPath(e.Unit, e.LocalStart.Date()), e.Report
	for _, s := range e.Slots {
		v.Slots = append(v.Slots, slotLine{s.Name, placesWords(s.Capacity, t)})
	}
	if e.PublishedAt != 0 {
		v.Messages = v.Path + "/messages"
	}
	if e.Public() {
		v.Public = outreach.EventPath + e.ID
	}
	if e.Short != "" {
		v.Short = host(p.s.BaseURL) + outreach.ShortPath + e.Short
	}
	filled, err := p.s.Registrations.Filled(ctx, e)
	if err != nil {
		return err
	}
	v.Seats = headsOf(filled[e.ID]).words(t)
	if v.Missing, err = p.missing(ctx, act, e); err != nil {
		return err
	}
	if v.Opinions, err = p.opinions(ctx, act, e, t); err != nil {
		return err
	}
	v.Cautions = p.cautionsOf(v.sheetHead, e)
	if err := p.acts(ctx, act, e, &v); err != nil {
		return err
	}
	if v.History, err = p.history(ctx, e, t); err != nil {
		return err
	}
	return p.render(c, status, "event", v)
}

func placesWords(capacity int, t *i18n.Printer) string {
	if capacity == 0 {
		return t.Text("page.event.no_limit", nil)
	}
	return t.Count("desk.places", capacity, nil)
}

// missing is what is still to be done about the event, by anybody.
func (p *site) missing(ctx context.Context, act actor.Actor, e event.Event) ([]missing, error) {
	known, err := p.known(ctx, act, e)
	if err != nil {
		return nil, err
	}
	n := p.names(ctx)
	var out []missing
	for _, d := range e.DutiesOf(known) {
		out = append(out, missing{Words: n.t.Text("desk.duty."+string(d.Kind), nil), Due: n.due(d.By, e.Zone, true)})
	}
	return out, nil
}

// cautionsOf are shown until the event is published: after that they come too late.
func (p *site) cautionsOf(v sheetHead, e event.Event) []string {
	switch e.State {
	case event.Draft, event.Returned, event.Submitted, event.Approved:
	default:
		return nil
	}
	in, times, err := e.Input().Check()
	if err != nil {
		return nil // it was taken under other bounds; whoever edits it hears of them
	}
	words, _ := p.cautionWords(v.Page, event.Cautions(in, times, p.s.Now(), nil), nil)
	return words
}

// usually is the act that comes next, by state; the first that the person
// may do is the primary one.
var usually = map[event.State][]event.Act{
	event.Draft: {event.Submit}, event.Returned: {event.Submit}, event.Submitted: {event.Approve}, event.Approved: {event.Publish},
	event.Postponed: {event.Resume}, event.Cancelled: {event.Restore},
}

func needsReason(a event.Act) bool {
	return a == event.Return || a == event.Postpone || a == event.Cancel
}

func (p *site) acts(ctx context.Context, act actor.Actor, e event.Event, v *eventView) error {
	allowed, err := p.s.Events.Acts(ctx, act, e)
	if err != nil {
		return err
	}
	over := e.EndAt <= p.s.Now()
	for _, a := range allowed {
		if a == event.Reschedule || a == event.FileReport || over && (a == event.Publish || a == event.Resume) || a == event.Close && e.StartAt > p.s.Now() {
			continue
		}
		one := actView{
			Act: string(a), Words: v.T("desk.act." + string(a)), Danger: a == event.Cancel,
			Reason: needsReason(a),
		}
		if one.Reason {
			one.Why = v.T("desk.why." + string(a))
		}
		if v.Primary == nil && slices.Contains(usually[e.State], a) {
			v.Primary = &one
			continue
		}
		v.Others = append(v.Others, one)
	}
	if !p.s.Events.MayPlan(act, e.Unit) {
		return nil
	}
	return p.links(ctx, act, e, v)
}

// links are what an organizer may go to from here.
func (p *site) links(ctx context.Context, act actor.Actor, e event.Event, v *eventView) error {
	v.Again = newPath(e.Unit) + "?from=" + e.ID
	switch e.State {
	case event.Draft, event.Returned, event.Approved, event.Published, event.Postponed:
		v.Edit = v.Path + "/edit"
	case event.Done:
		v.Report = v.Path + "/report"
	}
	if e.PublishedAt != 0 {
		if p.countable(e) {
			v.Count = v.Path + "/count"
		}
		totals, err := p.s.Attendance.Totals(ctx, act, e.ID)
		if err != nil {
			return err
		}
		if totals.People > 0 || e.State == event.Done || e.State == event.Reported {
			v.People = v.N("desk.people", totals.People)
		}
	}
	if e.State == event.Approved || e.State == event.Published || e.State == event.Postponed {
		for _, kind := range []event.NoticeKind{event.Poster, event.Loudspeaker, event.Portal} {
			given := slices.ContainsFunc(e.Notices, func(n event.Notice) bool { return n.Kind == kind })
			v.NoticeKinds = append(v.NoticeKinds, option{string(kind), v.T("event.notice." + string(kind)), given})
		}
	}
	return nil
}

// history is what was done to the event, the newest first: from the log, and
// what its own document has that the log has not taken over yet.
func (p *site) history(ctx context.Context, e event.Event, t *i18n.Printer) ([]historyLine, error) {
	lines, err := p.s.Audit.History(ctx, e.Unit, audit.Thing("event", e.ID), mostHistory)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(e.Outbox)
	for _, l := range lines {
		if !slices.ContainsFunc(all, func(o record.Entry) bool { return o.Ver == l.Ver && o.N == l.N }) {
			all = append(all, l.Entry)
		}
	}
	slices.SortFunc(all, func(a, b record.Entry) int { return cmp.Or(cmp.Compare(b.Ver, a.Ver), cmp.Compare(b.N, a.N)) })
	who := map[string]string{}
	var out []historyLine
	for _, one := range all[:min(len(all), mostHistory)] {
		name, ok := who[one.Actor]
		if !ok {
			if name, err = p.actorName(ctx, one.Actor, t); err != nil {
				return nil, err
			}
			who[one.Actor] = name
		}
		out = append(out, historyLine{
			When: t.FormatDate(calendar.InZone(calendar.Instant(one.At), e.Zone)), Who: name, What: t.Text("desk.history."+one.Act, nil),
		})
	}
	return out, nil
}

// actorName is who did something: colleagues by name, jobs as the program.
func (p *site) actorName(ctx context.Context, by string, t *i18n.Printer) (string, error) {
	id, ok := strings.CutPrefix(by, "account:")
	if !ok {
		return t.Text("desk.history.by_program", nil), nil
	}
	a, err := p.s.Accounts.Get(ctx, actor.System("console"), id)
	if record.IgnoreAbsent(err) != nil {
		return "", err
	}
	return cmp.Or(a.Name, a.Login, t.Text("desk.history.by_somebody", nil)), nil
}

// eventAct does one thing to the event, and comes back to its page.
func (p *site) eventAct(c *gin.Context, act actor.Actor) error {
	ctx, id := c.Request.Context(), c.Param("id")
	done := c.PostForm("act")
	var err error
	if kind := c.PostForm("notice"); kind != "" {
		done = "noted"
		_, err = p.s.Events.AddNotice(ctx, act, id, event.NoticeKind(kind))
	} else {
		_, err = p.s.Events.Do(ctx, act, id, version(c.PostForm("ver")), event.Act(done), c.PostForm("note"))
	}
	if err != nil {
		ws, status, ok := refused(c, err, func(field string) problem.Control {
			if field != "note" || !needsReason(event.Act(done)) {
				return problem.Control{}
			}
			// the reason's control is named by its act
			return problem.Control{Anchor: "note-" + done, Name: request.Texts(ctx).Text("desk.why."+done, nil)}
		})
		if !ok {
			return err
		}
		return p.showEvent(c, act, ws, status)
	}
	c.Redirect(http.StatusSeeOther, p.keep(c, eventsPath+id+"?done="+done))
	return nil
}
