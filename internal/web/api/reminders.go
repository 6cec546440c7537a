package api

import (
	"context"
	"net/http"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
)

// Reminder is a rule that says when people are reminded of an event.
type Reminder struct {
	ID string `json:"id"`
	ReminderInput
}

// ReminderInput is what is filled in of a rule: minutes_before, or at with days_before.
type ReminderInput struct {
	MinutesBefore int      `json:"minutes_before,omitempty" doc:"Minutes before the start, 1 to 43200"`
	DaysBefore    int      `json:"days_before,omitempty" doc:"With at: how many days before the start, 0 to 30" example:"1"`
	At            string   `json:"at,omitempty" doc:"A local time of day" example:"19:00"`
	LateMinutes   int      `json:"late_minutes,omitempty" doc:"How late it is still useful, 1 to 1440; 120 if left out"`
	OnUnknown     string   `json:"on_unknown,omitempty" doc:"What to do where nobody knows whether a message arrived: resend (the default) or leave"`
	Channels      []string `json:"channels,omitempty" nullable:"false" doc:"In order of preference; all there are if left out"`
}

func showReminder(r reminder.Rule) Reminder {
	return Reminder{ID: r.ID, ReminderInput: ReminderInput{
		MinutesBefore: r.MinutesBefore, DaysBefore: r.DaysBefore, At: r.At, LateMinutes: r.LateMinutes,
		OnUnknown: string(r.OnUnknown), Channels: r.Channels,
	}}
}

func (in ReminderInput) read() reminder.Input {
	return reminder.Input{
		MinutesBefore: in.MinutesBefore, DaysBefore: in.DaysBefore, At: in.At, LateMinutes: in.LateMinutes,
		OnUnknown: reminder.OnUnknown(in.OnUnknown), Channels: in.Channels,
	}
}

// Reminders are the rules of one event.
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
		ID: "list-reminders", Do: "GET /events/{id}/reminders", Says: "List an event's reminder rules", Scope: event.ScopeRead,
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*plain[Reminders], error) {
		rules, err := s.List(ctx, act, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[Reminders]{Body: Reminders{Items: shown(rules, showReminder)}}, nil
	})
	add(m, operation{
		ID: "create-reminder", Do: "POST /events/{id}/reminders", Says: "Add a reminder rule", Scope: event.ScopeWrite, Status: http.StatusCreated,
	}, func(ctx context.Context, act actor.Actor, in *reminderNew) (*oneOf[Reminder], error) {
		return showOneReminder(s.Add(ctx, act, in.newID(ctx, "reminder"), in.ID, in.Body.read()))
	})
	add(m, operation{
		ID: "replace-reminder", Do: "PUT /events/{id}/reminders/{rid}", Says: "Replace a reminder rule", Scope: event.ScopeWrite,
		More: "What it planned moves with it.",
	}, func(ctx context.Context, act actor.Actor, in *reminderPut) (*oneOf[Reminder], error) {
		seen, err := in.ver()
		if err != nil {
			return nil, err
		}
		if err := m.ruleOf(ctx, act, in.ID, in.RID); err != nil {
			return nil, err
		}
		return showOneReminder(s.Edit(ctx, act, in.RID, seen, in.Body.read()))
	})
	add(m, operation{
		ID: "remove-reminder", Do: "DELETE /events/{id}/reminders/{rid}", Says: "Remove a reminder rule", Scope: event.ScopeWrite,
		Status: http.StatusNoContent, More: "What it planned is not sent.",
	}, func(ctx context.Context, act actor.Actor, in *ByRule) (*struct{}, error) {
		if err := m.ruleOf(ctx, act, in.ID, in.RID); err != nil {
			return nil, err
		}
		_, err := s.Remove(ctx, act, in.RID)
		return nil, err
	})
}

// ruleOf is ErrAbsent unless the rule is one of the event.
func (m *mount) ruleOf(ctx context.Context, act actor.Actor, eventID, rule string) error {
	rules, err := m.Services.Reminders.List(ctx, act, eventID)
	if err != nil {
		return err
	}
	for _, r := range rules {
		if r.ID == rule {
			return nil
		}
	}
	return record.ErrAbsent
}

func showOneReminder(r reminder.Rule, err error) (*oneOf[Reminder], error) {
	if err != nil {
		return nil, err
	}
	return one(r.Ver, showReminder(r)), nil
}
