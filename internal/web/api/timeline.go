package api

import (
	"context"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Timeline is what goes out about an event, went out, or will not, in numbers.
type Timeline struct {
	Event string     `json:"event"`
	At    *time.Time `json:"at" doc:"When it was worked out"`
	Zone  string     `json:"zone" doc:"What local times are in" example:"Asia/Ho_Chi_Minh"`
	// Supposed says that it is shown as if it were published now.
	Supposed  bool           `json:"supposed" doc:"Whether the event is not published yet: it is shown as if it were published now"`
	Held      bool           `json:"held" doc:"Whether a hold stops all of it for now"`
	People    int            `json:"people" doc:"People whom any rule may concern"`
	Unsettled int            `json:"unsettled" doc:"Those of them whose place is being settled: their messages follow that"`
	Rules     []TimelineRule `json:"rules" nullable:"false"`
}

// TimelineRule is one rule with its messages.
type TimelineRule struct {
	TimelineRuleHead
	Lots []TimelineLot `json:"messages" nullable:"false" doc:"Messages alike: those that are planned by the hour in which they go out"`
}

// TimelineRuleHead is what a rule is and when it speaks.
type TimelineRuleHead struct {
	Rule string `json:"rule" doc:"The id of a reminder rule, or pending, confirmation, again, change, change_ and a channel, or survey" example:"change"`
	Kind string `json:"kind" doc:"pending, confirmation, again, change, survey, reminder, announcement or afterwards" example:"reminder"`
	Gone bool   `json:"gone,omitempty" doc:"Whether the rule holds no more, or not yet"`
	// FiresAt is before quiet hours are applied.
	FiresAt    *time.Time `json:"fires_at,omitempty" doc:"When a reminder is wished for; quiet hours may move it"`
	FiresLocal string     `json:"fires_local,omitempty" doc:"The same on the clocks of the event" example:"2026-11-28T19:00"`
	Until      *time.Time `json:"until,omitempty" doc:"Until when it is useful"`
	Reading    string     `json:"reading,omitempty" doc:"plain, gap (clocks skip that time of day: the time after it is meant) or overlap (it comes twice: the first is meant)"`
}

// TimelineLot is a number of messages alike.
type TimelineLot struct {
	Messages int `json:"messages"`
	TimelineAlike
	Language string `json:"language,omitempty" doc:"vi, en or pl" example:"vi"`
}

// TimelineAlike is what messages of one line have in common.
type TimelineAlike struct {
	State      string     `json:"state" doc:"planned, sending, printed, unknown, sent, dead, suppressed or expired" example:"planned"`
	StateText  string     `json:"state_text" doc:"The state in the language asked for"`
	Reason     string     `json:"reason,omitempty" doc:"Why it was not sent; of what is planned, why it goes later than its rule says" example:"quiet_hours"`
	ReasonText string     `json:"reason_text,omitempty" doc:"The reason in the language asked for"`
	Class      string     `json:"class" doc:"reply, urgent or normal" example:"normal"`
	Channel    string     `json:"channel" example:"smtp"`
	First      *time.Time `json:"first_at,omitempty" doc:"When the first of them goes out, of those that are planned"`
	FirstLocal string     `json:"first_local,omitempty" doc:"The same on the clocks of the event" example:"2026-11-28T19:00"`
	Last       *time.Time `json:"last_at,omitempty" doc:"When the last of them goes out"`
}

// TimelineDraft is an edit that is tried and not stored. What is left out stays.
type TimelineDraft struct {
	EventMove
	Slots  *[]Slot           `json:"slots,omitempty" nullable:"false"`
	Act    string            `json:"act,omitempty" doc:"postpone, resume, cancel or restore" example:"cancel"`
	Add    []ReminderInput   `json:"add_reminders,omitempty" nullable:"false" maxItems:"5" doc:"Rules of the event's own that come anew; their ids are new-1, new-2 and so on"`
	Change []ReminderChanged `json:"change_reminders,omitempty" nullable:"false" maxItems:"5" doc:"Rules of the event's own that say something else"`
	Remove []string          `json:"remove_reminders,omitempty" nullable:"false" maxItems:"5" doc:"Ids of rules of the event's own"`
}

// ReminderChanged is what one of the event's own rules would say.
type ReminderChanged struct {
	ID string `json:"id" maxLength:"36" doc:"Of the rule itself"`
	ReminderInput
}

// TimelineDifference is what an edit would do to what goes out.
type TimelineDifference struct {
	Event string     `json:"event"`
	At    *time.Time `json:"at" doc:"When it was worked out"`
	Zone  string     `json:"zone" doc:"What local times are in, after the edit"`
	State string     `json:"state" doc:"Of the event, after the edit" example:"cancelled"`
	Told  int        `json:"told" doc:"People who would get a notice of the change by this edit"`
	// Moved and so on are sums over the rules.
	Moved   int              `json:"moved" doc:"Messages that move to another time"`
	Dropped int              `json:"dropped" doc:"Messages that would go out now and would not then"`
	Added   int              `json:"added" doc:"Messages that come anew, notices of the change among them"`
	Kept    int              `json:"kept" doc:"Messages that go out as they would now"`
	Rules   []RuleDifference `json:"rules" nullable:"false"`
}

// RuleDifference is what an edit does to the messages of one rule.
type RuleDifference struct {
	Before TimelineRuleHead `json:"before"`
	After  TimelineRuleHead `json:"after"`
	Shifts []Shift          `json:"shifts" nullable:"false"`
}

// Shift is a number of messages to which an edit does the same.
type Shift struct {
	What     string         `json:"what" doc:"moved, changed (its class, channel or limit alone), dropped, added, not_sent (new, and it will not go out), kept or rewritten (not sent, for another reason)" example:"moved"`
	Messages int            `json:"messages"`
	From     *TimelineAlike `json:"from,omitempty" doc:"As it is; left out for what is new"`
	To       TimelineAlike  `json:"to" doc:"As it would be"`
	Language string         `json:"language" doc:"vi, en or pl" example:"vi"`
}

type timelineTry struct {
	ByID
	Body TimelineDraft
}

func (m *mount) timeline() {
	add(m, operation{
		ID: "get-timeline", Do: "GET /events/{id}/timeline", Says: "Show what goes out about an event, to how many, when and why not", Scope: scopeMessages,
		More: "Needs events:read too. For staff who work with people on the event's very unit. Before it is published, as if it were published now. " +
			"It is worked out as planning does it, and nothing is written. Budgets are counted at the hand-over only.",
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*plain[Timeline], error) {
		if _, err := m.kept(ctx, act, in.ID); err != nil {
			return nil, err
		}
		t, err := m.Explainer.Timeline(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[Timeline]{Body: showTimeline(ctx, t)}, nil
	})
	add(m, operation{
		ID: "try-timeline", Do: "POST /events/{id}/timeline", Says: "Try an edit of an event: what would go out otherwise", Scope: scopeMessages,
		More: "For those who may read the timeline. It answers the difference that the edit would make and writes nothing.",
	}, func(ctx context.Context, act actor.Actor, in *timelineTry) (*plain[TimelineDifference], error) {
		if _, err := m.kept(ctx, act, in.ID); err != nil {
			return nil, err
		}
		_, after, err := m.Services.Events.Try(ctx, act, in.ID, in.Body.event())
		if err != nil {
			return nil, err
		}
		rules, err := m.Services.Reminders.Try(ctx, act, after, in.Body.reminders())
		if err != nil {
			return nil, err
		}
		d, err := m.Explainer.Difference(ctx, after, rules)
		if err != nil {
			return nil, err
		}
		return &plain[TimelineDifference]{Body: showDifference(ctx, d)}, nil
	})
}

// kept gives an event to staff who work with people on its very unit.
func (m *mount) kept(ctx context.Context, act actor.Actor, eventID string) (event.Event, error) {
	e, err := m.Services.Events.Get(ctx, act, eventID)
	if err != nil {
		return event.Event{}, err
	}
	if !m.worksWithPeople(act, e.Unit) {
		return event.Event{}, event.ErrRole
	}
	return e, nil
}

func (m *mount) worksWithPeople(act actor.Actor, unit string) bool {
	return act.Any(int64(m.Now()), unit, actor.Organizer, actor.Admin, actor.VillageHead)
}

func (d TimelineDraft) event() event.Trial {
	t := event.Trial{Move: d.EventMove.read(), Act: event.Act(d.Act)}
	if d.Slots != nil {
		slots := shown(*d.Slots, readSlot)
		t.Slots = &slots
	}
	return t
}

func (d TimelineDraft) reminders() reminder.Trial {
	t := reminder.Trial{Remove: d.Remove}
	for _, in := range d.Add {
		t.Add = append(t.Add, in.read())
	}
	for _, in := range d.Change {
		t.Change = append(t.Change, reminder.TrialChange{ID: in.ID, Input: in.ReminderInput.read()})
	}
	return t
}

func showTimeline(ctx context.Context, t outreach.Timeline) Timeline {
	return Timeline{
		Event: t.Event.ID, At: millis(t.At), Zone: t.Event.Zone, Supposed: t.Supposed, Held: t.Held,
		People: t.People, Unsettled: t.Unsettled,
		Rules: shown(t.Rules, func(r outreach.RuleLine) TimelineRule {
			return TimelineRule{
				TimelineRuleHead: showRuleHead(r, t.Event.Zone),
				Lots: shown(r.Lots, func(l outreach.Lot) TimelineLot {
					return TimelineLot{Messages: l.Messages, TimelineAlike: showAlike(ctx, l, t.Event.Zone), Language: l.Language}
				}),
			}
		}),
	}
}

func showRuleHead(r outreach.RuleLine, zone string) TimelineRuleHead {
	head := TimelineRuleHead{Rule: r.Rule, Kind: r.Kind(), Gone: r.Gone}
	if r.Reminder != nil && r.Fires != 0 {
		head.FiresAt, head.FiresLocal = millis(r.Fires), onClocks(r.Fires, zone)
		head.Until, head.Reading = millis(r.Until), r.Reading.String()
	}
	return head
}

func showAlike(ctx context.Context, l outreach.Lot, zone string) TimelineAlike {
	out := TimelineAlike{
		State: string(l.State), StateText: say(ctx, "message.state."+string(l.State)),
		Reason: string(l.Reason), ReasonText: sayReason(ctx, l.Reason), Class: string(l.Class), Channel: l.Channel,
	}
	if l.State == notifications.Planned {
		out.First, out.Last, out.FirstLocal = millis(l.First), millis(l.Last), onClocks(l.First, zone)
	}
	return out
}

// onClocks is the instant as clocks of the zone show it.
func onClocks(at notifications.Millis, zone string) string {
	return string(calendar.LocalOf(calendar.Instant(at), zone))
}

func showDifference(ctx context.Context, d outreach.Difference) TimelineDifference {
	zone := d.Event.Zone
	out := TimelineDifference{
		Event: d.Event.ID, At: millis(d.At), Zone: zone, State: string(d.Event.State), Told: d.Told,
		Rules: shown(d.Rules, func(r outreach.RuleDifference) RuleDifference {
			return RuleDifference{
				Before: showRuleHead(r.Before, zone), After: showRuleHead(r.After, zone),
				Shifts: shown(r.Shifts, func(s outreach.Shift) Shift { return showShift(ctx, s, zone) }),
			}
		}),
	}
	sums := map[outreach.Shifted]*int{
		outreach.ShiftMoved: &out.Moved, outreach.ShiftDropped: &out.Dropped,
		outreach.ShiftAdded: &out.Added, outreach.ShiftKept: &out.Kept,
	}
	for _, r := range d.Rules {
		for _, s := range r.Shifts {
			if sum := sums[s.What]; sum != nil {
				*sum += s.Messages
			}
		}
	}
	return out
}

func showShift(ctx context.Context, s outreach.Shift, zone string) Shift {
	out := Shift{What: string(s.What), Messages: s.Messages, To: showAlike(ctx, s.To, zone), Language: s.To.Language}
	if s.From.Messages > 0 && s.From.State != "" {
		from := showAlike(ctx, s.From, zone)
		out.From = &from
	}
	return out
}
