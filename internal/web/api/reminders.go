package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
)

// Reminder is a rule that says when people are reminded of events.
type Reminder struct {
	ID string `json:"id" doc:"Of the rule itself: what is edited and removed"`
	// Rule is the id that its messages have; an override keeps that of what it overrides.
	Rule  string `json:"rule" doc:"What its messages name it by, and what overrides names: an override keeps that of the rule that it overrides"`
	Owner string `json:"owner" doc:"The unit or the event that it belongs to"`
	From  string `json:"from" enum:"unit,event" doc:"Whether it is inherited from a unit or the event's own"`
	ReminderInput
	FiresAt *time.Time `json:"fires_at,omitempty" doc:"When it reminds of this event"`
	Until   *time.Time `json:"until,omitempty" doc:"How long it is of use"`
	// Replaced is shown so that it can be removed.
	Replaced bool   `json:"replaced,omitempty" doc:"Whether it does not hold: another of the same owner was made at the same moment and overrides the same, or too many would hold"`
	Reading  string `json:"reading,omitempty" enum:"plain,gap,overlap" doc:"How the time of day was read: plain, in a gap of the clocks (the time after it), or in an overlap (its first occurrence)"`
}

// ReminderInput is what is filled in of a rule: minutes_before, or at with days_before.
type ReminderInput struct {
	Type          string   `json:"type,omitempty" doc:"Of a unit's rule: only for events of this type" example:"volunteer"`
	Overrides     string   `json:"overrides,omitempty" maxLength:"36" doc:"The inherited rule that this one replaces; what is left out is taken over from it"`
	Off           bool     `json:"off,omitempty" doc:"Switch off what it overrides"`
	Audience      []string `json:"audience,omitempty" nullable:"false" doc:"Whom: registered (the default), waitlisted, not_answered; or, after the event, attended, not_recorded; or news alone, to announce it to those who agree to news of its village"`
	MinutesBefore int      `json:"minutes_before,omitempty" doc:"Minutes before the start, 1 to 43200"`
	MinutesAfter  int      `json:"minutes_after,omitempty" doc:"Minutes after the end, 1 to 43200"`
	DaysBefore    int      `json:"days_before,omitempty" doc:"With at: how many days before the start, 0 to 30" example:"1"`
	DaysAfter     int      `json:"days_after,omitempty" doc:"With at: how many days after the end, 0 to 30"`
	At            string   `json:"at,omitempty" doc:"A local time of day" example:"19:00"`
	LateMinutes   int      `json:"late_minutes,omitempty" doc:"How late it is still useful, 1 to 1440; 120 if left out, 1440 for news"`
	OnUnknown     string   `json:"on_unknown,omitempty" doc:"What to do where nobody knows whether a message arrived: resend (the default) or leave"`
	Channels      []string `json:"channels,omitempty" nullable:"false" doc:"In order of preference, of smtp and paper; mail alone if left out"`
}

func showReminder(h reminder.Held) Reminder {
	r := Reminder{ID: h.Own, Rule: h.ID, Owner: h.Owner, From: "event", Replaced: h.Replaced, ReminderInput: ReminderInput{
		Type: string(h.Type), Overrides: h.Overrides, Off: h.Off,
		Audience:      shown(h.Audience, func(a reminder.Audience) string { return string(a) }),
		MinutesBefore: h.MinutesBefore, MinutesAfter: h.MinutesAfter, DaysBefore: h.DaysBefore, DaysAfter: h.DaysAfter,
		At: h.At, LateMinutes: h.LateMinutes, OnUnknown: string(h.OnUnknown), Channels: h.Channels,
	}}
	if h.OfUnit() {
		r.From = "unit"
	}
	return r
}

// showReminderOf adds when the rule speaks of the event.
func showReminderOf(e event.Event) func(reminder.Held) Reminder {
	return func(h reminder.Held) Reminder {
		r := showReminder(h)
		if h.Off || h.Replaced {
			return r
		}
		wish, until, reading := reminder.Fires(h.Rule, reminder.TimesOf(e))
		r.FiresAt, r.Until, r.Reading = at(wish), at(until), reading.String()
		return r
	}
}

func (in ReminderInput) read() reminder.Input {
	return reminder.Input{
		Type: event.Type(in.Type), Overrides: in.Overrides, Off: in.Off,
		Audience:      shown(in.Audience, func(a string) reminder.Audience { return reminder.Audience(a) }),
		MinutesBefore: in.MinutesBefore, MinutesAfter: in.MinutesAfter, DaysBefore: in.DaysBefore, DaysAfter: in.DaysAfter,
		At: in.At, LateMinutes: in.LateMinutes, OnUnknown: reminder.OnUnknown(in.OnUnknown), Channels: in.Channels,
	}
}

// Reminders are the rules that hold for one event, or for those of one unit.
type Reminders struct {
	Items []Reminder `json:"items" nullable:"false"`
}

type reminderNew struct {
	ByID
	Keyed
	Body ReminderInput
}

// ByRule is the path of one reminder rule.
type ByRule struct {
	ByID
	RID string `path:"rid" maxLength:"36" doc:"The rule's id"`
}

type reminderPut struct {
	ByRule
	Matching
	Body ReminderInput
}

func (m *mount) reminders() {
	s := m.Services.Reminders
	add(m, operation{
		ID: "list-reminders", Do: "GET /events/{id}/reminders", Says: "List the reminder rules that hold for an event", Scope: event.ScopeRead,
		More: "Those of its unit and of the units above, then the event's own, each with where it comes from and when it reminds. What was switched off is shown as off, what another of the same owner took the place of as replaced.",
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*plain[Reminders], error) {
		e, rules, err := s.List(ctx, act, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[Reminders]{Body: Reminders{Items: shown(rules, showReminderOf(e))}}, nil
	})
	add(m, operation{
		ID: "create-reminder", Do: "POST /events/{id}/reminders", Says: "Add a reminder rule", Scope: event.ScopeWrite, Status: http.StatusCreated,
		More: "With overrides it replaces an inherited rule for this event, or switches it off.",
	}, func(ctx context.Context, act actor.Actor, in *reminderNew) (*oneOf[Reminder], error) {
		return showOneReminder(s.Add(ctx, act, in.newID(ctx, "reminder"), in.ID, in.Body.read()))
	})
	m.oneReminder("/events/{id}", "reminder", func(ctx context.Context, act actor.Actor, owner string) ([]reminder.Held, error) {
		_, rules, err := s.List(ctx, act, owner)
		return rules, err
	})
	m.unitReminders()
}

func (m *mount) unitReminders() {
	s := m.Services.Reminders
	add(m, operation{
		ID: "list-unit-reminders", Do: "GET /units/{id}/reminders", Says: "List the reminder rules that hold for a unit's events", Scope: event.ScopeRead,
		More: "Those of the units above, then its own; those for one type of event come last.",
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*plain[Reminders], error) {
		rules, err := s.ListOfUnit(ctx, act, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[Reminders]{Body: Reminders{Items: shown(rules, showReminder)}}, nil
	})
	add(m, operation{
		ID: "create-unit-reminder", Do: "POST /units/{id}/reminders", Says: "Add a reminder rule for the events of a unit and of those below it",
		Scope: event.ScopeWrite, Status: http.StatusCreated,
		More: "For organizers of the very unit. Events that are planned already follow within seconds.",
	}, func(ctx context.Context, act actor.Actor, in *reminderNew) (*oneOf[Reminder], error) {
		return showOneReminder(s.AddToUnit(ctx, act, in.newID(ctx, "reminder"), in.ID, in.Body.read()))
	})
	m.oneReminder("/units/{id}", "unit-reminder", s.ListOfUnit)
}

// oneReminder mounts what is done with one rule of an owner.
func (m *mount) oneReminder(at, name string, list func(context.Context, actor.Actor, string) ([]reminder.Held, error)) {
	s := m.Services.Reminders
	// ownRule is ErrAbsent unless the rule is one of the owner's own.
	ownRule := func(ctx context.Context, act actor.Actor, in ByRule) error {
		rules, err := list(ctx, act, in.ID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(rules, func(h reminder.Held) bool { return h.Own == in.RID && h.Owner == in.ID }) {
			return record.ErrAbsent
		}
		return nil
	}
	add(m, operation{
		ID: "replace-" + name, Do: "PUT " + at + "/reminders/{rid}", Says: "Replace a reminder rule", Scope: event.ScopeWrite,
		More: "What it planned moves with it. Its type, what it overrides and whether it speaks before the event, after it or to announce it stay as they are.",
	}, func(ctx context.Context, act actor.Actor, in *reminderPut) (*oneOf[Reminder], error) {
		seen, err := in.ver()
		if err != nil {
			return nil, err
		}
		if err := ownRule(ctx, act, in.ByRule); err != nil {
			return nil, err
		}
		return showOneReminder(s.Edit(ctx, act, in.RID, seen, in.Body.read()))
	})
	add(m, operation{
		ID: "remove-" + name, Do: "DELETE " + at + "/reminders/{rid}", Says: "Remove a reminder rule", Scope: event.ScopeWrite,
		Status: http.StatusNoContent, More: "What it planned is not sent. What it overrode holds again.",
	}, func(ctx context.Context, act actor.Actor, in *ByRule) (*struct{}, error) {
		if err := ownRule(ctx, act, *in); err != nil {
			return nil, err
		}
		_, err := s.Remove(ctx, act, in.RID)
		return nil, err
	})
}

func showOneReminder(r reminder.Rule, err error) (*oneOf[Reminder], error) {
	if err != nil {
		return nil, err
	}
	h := reminder.Held{Rule: r, Own: r.ID}
	if r.Overrides != "" {
		h.ID = r.Overrides
	}
	return one(r.Ver, showReminder(h)), nil
}
