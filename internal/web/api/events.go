package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

type eventList struct {
	Paging
	Unit   string    `query:"unit" maxLength:"36" doc:"Only those that this unit leads"`
	Scope  string    `query:"scope" maxLength:"36" doc:"Those that this unit, or one below it, leads or joins"`
	States []string  `query:"state" maxItems:"10" doc:"Only in these states, divided by commas" example:"published"`
	From   time.Time `query:"from" doc:"Only those that start then or later"`
	Until  time.Time `query:"until" doc:"Only those that start before"`
}

func (in *eventList) filter() event.Filter {
	f := event.Filter{Unit: in.Unit, Scope: in.Scope}
	for _, s := range in.States {
		f.States = append(f.States, event.State(s))
	}
	if !in.From.IsZero() {
		f.From = instant(&in.From)
	}
	if !in.Until.IsZero() {
		f.Until = instant(&in.Until)
	}
	return f
}

type eventNew struct {
	Keyed
	Body EventInput
}

type eventPatch struct {
	ByID
	Matching
	Body EventPatch
}

type eventMove struct {
	ByID
	Matching
	Body EventMove
}

type eventCopy struct {
	ByID
	Keyed
	Body EventMove
}

func (m *mount) events() {
	s := m.Services.Events
	add(m, operation{
		ID: "list-events", Do: "GET /events", Says: "List events by start, then by name of village or place", Scope: event.ScopeRead,
		More: "Either unit or scope has to be given.",
	}, func(ctx context.Context, act actor.Actor, in *eventList) (*listOf[Event], error) {
		g := m.pager(ctx, in.Paging, "events", in.Unit, in.Scope, strings.Join(in.States, ","), in.From.String(), in.Until.String())
		return paged(g, func(r page.Request) (page.List[event.Event], error) {
			return s.Page(ctx, act, in.filter(), r)
		}, func(e event.Event) Event { return showEvent(e, stateText(ctx, e)) })
	})
	add(m, operation{
		ID: "create-event", Do: "POST /events", Says: "Draft an event", Scope: event.ScopeWrite, Status: http.StatusCreated,
		More: "For organizers of its unit. It gets a reminder on the eve at 19:00, which may be changed.",
	}, func(ctx context.Context, act actor.Actor, in *eventNew) (*oneOf[Event], error) {
		return m.oneEvent(ctx)(s.Create(ctx, act, in.newID(ctx, "event"), in.Body.read()))
	})
	add(m, operation{
		ID: "get-event", Do: "GET /events/{id}", Says: "Get an event and how full its slots are", Scope: event.ScopeRead,
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*oneOf[Event], error) {
		e, err := s.Get(ctx, act, in.ID)
		if err != nil {
			return nil, err
		}
		filled, err := m.Services.Registrations.Filled(ctx, e)
		if err != nil {
			return nil, err
		}
		out := one(e.Version(), showEvent(e, stateText(ctx, e)))
		showPlaces(out.Body.Slots, filled[e.ID])
		return out, nil
	})
	add(m, operation{
		ID: "edit-event", Do: "PATCH /events/{id}", Says: "Change an event", Scope: event.ScopeWrite,
		More: "All of a draft; texts and slots of what is approved. After the approval time and place change by rescheduling.",
	}, func(ctx context.Context, act actor.Actor, in *eventPatch) (*oneOf[Event], error) {
		seen, err := in.ver()
		if err != nil {
			return nil, err
		}
		return m.oneEvent(ctx)(s.Edit(ctx, act, in.ID, seen, in.Body.read()))
	})
	add(m, operation{
		ID: "copy-event", Do: "POST /events/{id}/copy", Says: "Draft an event like this one", Scope: event.ScopeWrite, Status: http.StatusCreated,
	}, func(ctx context.Context, act actor.Actor, in *eventCopy) (*oneOf[Event], error) {
		return m.oneEvent(ctx)(s.Copy(ctx, act, in.newID(ctx, "event"), in.ID, in.Body.read()))
	})
}

// oneEvent shows what a service gave, in the language asked for.
func (m *mount) oneEvent(ctx context.Context) func(event.Event, error) (*oneOf[Event], error) {
	return func(e event.Event, err error) (*oneOf[Event], error) {
		if err != nil {
			return nil, err
		}
		return one(e.Version(), showEvent(e, stateText(ctx, e))), nil
	}
}

func stateText(ctx context.Context, e event.Event) string {
	return say(ctx, "event.state."+string(e.State))
}

// say gives a text in the language asked for.
func say(ctx context.Context, id string) string {
	if texts := request.Texts(ctx); texts != nil {
		return texts.Text(id, nil)
	}
	return id
}
