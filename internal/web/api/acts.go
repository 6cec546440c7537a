package api

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
)

// plainActs move an event without a word; the others ask for the reason.
var plainActs = []struct {
	act        event.Act
	says, more string
}{
	{event.Submit, "Submit an event for approval", ""},
	{event.Withdraw, "Take a submission back", "It is a draft again, and its organizer edits it."},
	{event.Approve, "Approve an event", "For approvers on its unit or above, who neither made nor last edited it."},
	{event.Publish, "Publish an approved event", "From now on residents see it and may register."},
	{event.Resume, "Hold a postponed event after all", ""},
	{event.Restore, "Take a cancellation back", "The event returns to the state it was in."},
	{event.Close, "Close an event that has begun", "A job closes events that are over by itself."},
}

var notedActs = []struct {
	act        event.Act
	says, more string
}{
	{event.Return, "Return an event for changes", "For approvers on its unit or above."},
	{event.Postpone, "Postpone a published event", "Those who registered are told, with the note."},
	{event.Cancel, "Cancel an event", "Those who registered are told, with the note."},
}

type eventAct struct {
	ByID
	Matching
}

type eventNoted struct {
	ByID
	Matching
	Body struct {
		Note string `json:"note" doc:"Why; shown to residents where they are told of it" example:"Mưa bão"`
	}
}

type eventReport struct {
	ByID
	Matching
	Body ReportInput
}

type eventNotice struct {
	ByID
	Body struct {
		Kind string `json:"kind" doc:"poster, loudspeaker or portal" example:"loudspeaker"`
	}
}

func (m *mount) acts() {
	s := m.Services.Events
	for _, a := range plainActs {
		add(m, m.actOperation(a.act, a.says, a.more), func(ctx context.Context, act actor.Actor, in *eventAct) (*oneOf[Event], error) {
			seen, err := in.ver()
			if err != nil {
				return nil, err
			}
			return m.oneEvent(ctx)(s.Do(ctx, act, in.ID, seen, a.act, ""))
		})
	}
	for _, a := range notedActs {
		add(m, m.actOperation(a.act, a.says, a.more), func(ctx context.Context, act actor.Actor, in *eventNoted) (*oneOf[Event], error) {
			seen, err := in.ver()
			if err != nil {
				return nil, err
			}
			return m.oneEvent(ctx)(s.Do(ctx, act, in.ID, seen, a.act, in.Body.Note))
		})
	}
	reschedule := m.actOperation(event.Reschedule, "Move an approved event to another time or place", "Those who registered are told.")
	add(m, reschedule, func(ctx context.Context, act actor.Actor, in *eventMove) (*oneOf[Event], error) {
		seen, err := in.ver()
		if err != nil {
			return nil, err
		}
		return m.oneEvent(ctx)(s.Reschedule(ctx, act, in.ID, seen, in.Body.read()))
	})
	report := m.actOperation(event.FileReport, "File the report of an event that is over", "Its count is closed first. Refused with 409 until the event is over.")
	add(m, report, func(ctx context.Context, act actor.Actor, in *eventReport) (*oneOf[Event], error) {
		seen, err := in.ver()
		if err != nil {
			return nil, err
		}
		return m.oneEvent(ctx)(s.File(ctx, act, in.ID, seen, event.ReportInput(in.Body)))
	})
	add(m, operation{
		ID: "add-notice", Do: "POST /events/{id}/notices", Says: "Note that people were told in public, now", Scope: event.ScopeWrite,
	}, func(ctx context.Context, act actor.Actor, in *eventNotice) (*oneOf[Event], error) {
		return m.oneEvent(ctx)(s.AddNotice(ctx, act, in.ID, event.NoticeKind(in.Body.Kind)))
	})
}

func (m *mount) actOperation(act event.Act, says, more string) operation {
	return operation{
		ID: string(act) + "-event", Do: "POST /events/{id}/" + string(act), Says: says, More: more, Scope: event.ScopeWrite,
	}
}
