package console

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Counts counts an event's messages by rule, state and reason;
// notifications.Report is one.
type Counts interface {
	Counts(ctx context.Context, part int, occurrence string) ([]notifications.Count, error)
}

// messagesCard is what went out about one event, in numbers.
type messagesCard struct {
	Title, Path string
	Lines       []messageLine
	// Not are those who got nothing, with the reason.
	Not []string
}

// messageLine is messages of one kind in one state.
type messageLine struct {
	When, What string
	State      stateTag
	// Why says why a lot was not sent, or waits.
	Why string
}

// told says what was sent about the first events that residents know of.
func (p *site) told(ctx context.Context, act actor.Actor, n *names, list []event.Event, u unit.Unit) ([]messagesCard, error) {
	var out []messagesCard
	for _, e := range list {
		if len(out) == messagesShown {
			break
		}
		if e.PublishedAt == 0 || e.Unit != u.ID {
			continue
		}
		card, err := p.messagesCard(ctx, act, n, e)
		if err != nil {
			return nil, err
		}
		out = append(out, card)
	}
	return out, nil
}

// messagesCard counts an event's messages; those of a reminder have the time that
// its rule wishes for.
func (p *site) messagesCard(ctx context.Context, act actor.Actor, n *names, e event.Event) (messagesCard, error) {
	counts, err := p.s.Counts.Counts(ctx, e.Part, e.ID)
	if err != nil {
		return messagesCard{}, err
	}
	_, held, err := p.s.Reminders.List(ctx, act, e.ID)
	if err != nil {
		return messagesCard{}, err
	}
	wishes := map[string]calendar.Instant{}
	for _, h := range held {
		wishes[h.ID], _, _ = reminder.Fires(h.Rule, reminder.TimesOf(e))
	}
	return n.messagesCard(e, counts, wishes), nil
}

// messagesCard puts the counts into words; wishes are the times of rules.
func (n *names) messagesCard(e event.Event, counts []notifications.Count, wishes map[string]calendar.Instant) messagesCard {
	card := messagesCard{Title: e.Title, Path: eventsPath + e.ID + "/messages"}
	type alike struct {
		kind  string
		state notifications.State
		wish  calendar.Instant
	}
	sums, nots := map[alike]int{}, map[[2]string]int{}
	for _, c := range counts {
		kind := outreach.KindOf(c.Rule)
		if c.State == notifications.Suppressed || c.State == notifications.Expired || c.State == notifications.Dead {
			nots[[2]string{kind, string(c.Reason)}] += c.Rows
			continue
		}
		sums[alike{kind, c.State, wishes[c.Rule]}] += c.Rows
	}
	// what no rule of the event wishes for has no time
	times := slices.Compact(append([]calendar.Instant{0}, slices.Sorted(maps.Values(wishes))...))
	for _, kind := range outreach.Kinds() {
		for _, reason := range notifications.Reasons() {
			if rows := nots[[2]string{kind, string(reason)}]; rows > 0 {
				card.Not = append(card.Not, n.t.Count("overview.messages.not", rows, map[string]any{
					"kind": n.t.Text("overview.kind."+kind, nil), "why": n.t.Text("reason."+string(reason), nil),
				}))
			}
		}
		for _, state := range []notifications.State{notifications.Sent, notifications.Sending, notifications.Printed, notifications.Planned, notifications.Unknown} {
			for _, wish := range times {
				if rows := sums[alike{kind, state, wish}]; rows > 0 {
					card.Lines = append(card.Lines, messageLine{When: n.wish(wish, e.Zone), What: n.lot(kind, "", rows), State: n.messageState(state)})
				}
			}
		}
	}
	return card
}

// wish says when a rule has something go, if one has.
func (n *names) wish(at calendar.Instant, zone string) string {
	if at == 0 {
		return ""
	}
	return n.t.Near(n.p.s.Now().Time()).FormatDate(calendar.InZone(at, zone))
}

// lot says what goes to how many.
func (n *names) lot(kind, channel string, rows int) string {
	what := "overview.lot"
	if channel == outreach.Paper {
		what = "overview.lot.paper"
	}
	return n.t.Count(what, rows, map[string]any{"kind": n.t.Text("overview.kind."+kind, nil)})
}

func (n *names) messageState(s notifications.State) stateTag {
	tag := stateTag{Words: n.t.Text("message.state."+string(s), nil)}
	switch s {
	case notifications.Sent:
		tag.Sign, tag.Class = "✓", "good"
	case notifications.Planned, notifications.Sending, notifications.Printed:
		tag.Sign, tag.Class = "◷", "wait"
	case notifications.Unknown:
		tag.Sign, tag.Class = "?", "wait"
	default:
		tag.Sign, tag.Class = "✕", "bad"
	}
	return tag
}

// messagesView is everything that goes out about an event.
type messagesView struct {
	assets.Page
	Event eventLine
	Rules []ruleView
	// Counts stands for Rules where somebody may see numbers alone.
	Counts *messagesCard
	// Notes say that it is not published yet, or held.
	Notes []string
	// People are those whom any rule may concern.
	People string
}

// ruleView is one rule with its lots.
type ruleView struct {
	What, When string
	Lines      []messageLine
}

// messages shows an event's timeline to those who work with people on its very
// unit, and numbers to all who see the event.
func (p *site) messages(c *gin.Context, act actor.Actor) error {
	ctx := c.Request.Context()
	e, err := p.s.Events.Get(ctx, act, c.Param("id"))
	if err != nil {
		return err
	}
	n := p.names(ctx)
	u, err := n.unit(e.Unit)
	if err != nil {
		return err
	}
	lines, err := n.events([]event.Event{e}, u)
	if err != nil {
		return err
	}
	here := eventsPath + e.ID + "/messages"
	v := messagesView{Event: lines[0]}
	v.Page = p.framed(c, p.page(c, n.t.Text("overview.messages", nil), here), u, unitsPath+u.ID+"/events")
	if act.Any(int64(p.s.Now()), u.ID, actor.Organizer, actor.Admin, actor.VillageHead) {
		err = p.timeline(ctx, n, e, &v)
	} else {
		var card messagesCard
		card, err = p.messagesCard(ctx, act, n, e)
		v.Counts = &card
	}
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "messages", v)
}

func (p *site) timeline(ctx context.Context, n *names, e event.Event, v *messagesView) error {
	t, err := p.s.Explainer.Timeline(ctx, e.ID)
	if err != nil {
		return err
	}
	if t.Supposed {
		v.Notes = append(v.Notes, n.t.Text("overview.messages.supposed", nil))
	}
	if t.Held {
		v.Notes = append(v.Notes, n.t.Text("reason.held", nil))
	}
	v.People = n.t.Count("overview.messages.people", t.People, nil)
	for _, r := range t.Rules {
		if rule := n.rule(r, e.Zone); len(rule.Lines) > 0 || !r.Gone {
			v.Rules = append(v.Rules, rule)
		}
	}
	return nil
}

func (n *names) rule(r outreach.RuleLine, zone string) ruleView {
	v := ruleView{What: n.t.Text("overview.kind."+r.Kind(), nil)}
	if r.Reminder != nil && r.Fires != 0 {
		v.When = n.t.FormatDate(calendar.InZone(calendar.Instant(r.Fires), zone))
	}
	type alike struct {
		state   notifications.State
		reason  notifications.Reason
		channel string
		first   notifications.Millis
	}
	sums := map[alike]int{}
	for _, l := range r.Lots {
		key := alike{l.State, l.Reason, l.Channel, 0}
		if l.State == notifications.Planned {
			key.first = l.First
		}
		sums[key] += l.Messages
	}
	keys := make([]alike, 0, len(sums))
	for k := range sums {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b alike) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.state, b.state), cmp.Compare(a.channel, b.channel), cmp.Compare(a.reason, b.reason))
	})
	for _, k := range keys {
		line := messageLine{What: n.lot(r.Kind(), k.channel, sums[k]), State: n.messageState(k.state)}
		if k.first != 0 {
			line.When = n.t.FormatDate(calendar.InZone(calendar.Instant(k.first), zone))
		}
		if k.reason != "" {
			line.Why = n.t.Text("reason."+string(k.reason), nil)
		}
		v.Lines = append(v.Lines, line)
	}
	return v
}
