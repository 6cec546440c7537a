package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

// Registration is one resident's at one event.
type Registration struct {
	ID        string     `json:"id"`
	Event     string     `json:"event"`
	Resident  string     `json:"resident,omitempty"`
	Slot      string     `json:"slot"`
	Party     int        `json:"party" doc:"How many people, 1 to 20"`
	State     string     `json:"state" doc:"unsettled, pending, registered, waitlisted, offered, cancelled, attended or not_recorded" example:"registered"`
	StateText string     `json:"state_text" doc:"The state in the language asked for"`
	Reason    string     `json:"reason,omitempty" doc:"Why it was cancelled: self, staff, lapsed, merged, erased or refused (no room)"`
	Source    string     `json:"source" doc:"web, staff or paper"`
	HoldUntil *time.Time `json:"hold_until,omitempty" doc:"When a pending one gives its seat back, or an offer ends"`
	Answer    string     `json:"answer,omitempty" doc:"coming, where the person said so when asked" example:"coming"`
	// AnsweredFor tells an answer that counts from one for another time or place.
	AnsweredFor int        `json:"answered_for,omitempty" doc:"The event's revision that the person answered for: after a change of time or place they are asked again"`
	Answered    *time.Time `json:"answered_at,omitempty" doc:"When the person said so"`
	CreatedAt   *time.Time `json:"created_at,omitempty"`
}

func showRegistration(ctx context.Context) func(registration.Registration) Registration {
	return func(r registration.Registration) Registration {
		return Registration{
			ID: r.ID, Event: r.Event, Resident: r.Resident, Slot: r.Slot, Party: r.Party, State: string(r.State),
			StateText: say(ctx, "registration.state."+string(r.State)), Reason: r.Reason, Source: r.Source,
			HoldUntil: at(r.HoldUntil), Answer: string(r.Answer), AnsweredFor: r.AnsweredRevision, Answered: at(r.AnsweredAt), CreatedAt: at(r.CreatedAt),
		}
	}
}

type registrationList struct {
	ByID
	Paging
	States []string `query:"state" maxItems:"10" doc:"Only in these states, divided by commas" example:"registered"`
}

type registrationNew struct {
	ByID
	Body struct {
		Resident string `json:"resident" doc:"One whom the event's unit keeps"`
		Slot     string `json:"slot,omitempty" doc:"May be left out where there is one only"`
		Party    int    `json:"party" doc:"How many people, 1 to 20"`
		Paper    bool   `json:"paper,omitempty" doc:"Whether it was copied from a list on paper"`
	}
}

// Answers counts people of an event by what they said.
type Answers struct {
	Coming      int `json:"coming" doc:"People who have a place and said that they are coming"`
	NotAnswered int `json:"not_answered" doc:"People who have a place and said nothing yet"`
	Offered     int `json:"offered" doc:"People whom a place is offered to"`
	Waiting     int `json:"waiting" doc:"People on the waiting list"`
}

type byRegistration struct {
	ByID
	RID string `path:"rid" maxLength:"36" doc:"The registration's id"`
}

func (m *mount) registrations() {
	s := m.Services.Registrations
	add(m, operation{
		ID: "list-registrations", Do: "GET /events/{id}/registrations", Says: "List who is registered", Scope: registration.ScopeRead,
		More: "For staff who work with people on the very unit.",
	}, func(ctx context.Context, act actor.Actor, in *registrationList) (*listOf[Registration], error) {
		f := registration.Filter{Event: in.ID}
		for _, state := range in.States {
			f.States = append(f.States, registration.State(state))
		}
		g := m.pager(ctx, in.Paging, "registrations", in.ID, strings.Join(in.States, ","))
		return paged(g, func(r page.Request) (page.List[registration.Registration], error) {
			return s.Page(ctx, act, f, r)
		}, showRegistration(ctx))
	})
	add(m, operation{
		ID: "enter-registration", Do: "POST /events/{id}/registrations", Says: "Register a resident", Scope: registration.ScopeWrite,
		Status: http.StatusCreated,
		More:   "At once and without asking. There is one registration per event and resident: sending it again gives the same.",
	}, func(ctx context.Context, act actor.Actor, in *registrationNew) (*oneOf[Registration], error) {
		return showOneRegistration(ctx)(s.Enter(ctx, act, registration.Entry{
			Event: in.ID, Resident: in.Body.Resident, Slot: in.Body.Slot, Party: in.Body.Party, Paper: in.Body.Paper,
		}))
	})
	add(m, operation{
		ID: "get-registration", Do: "GET /events/{id}/registrations/{rid}", Says: "Get a registration", Scope: registration.ScopeRead,
	}, func(ctx context.Context, act actor.Actor, in *byRegistration) (*oneOf[Registration], error) {
		return showOneRegistration(ctx)(m.registrationOf(ctx, act, in))
	})
	add(m, operation{
		ID: "count-answers", Do: "GET /events/{id}/answers", Says: "Count who is coming", Scope: registration.ScopeRead,
		More: "By what people answered to the reminder. Who cannot come has given the place up and is not counted here.",
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*plain[Answers], error) {
		counted, err := s.Answers(ctx, act, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[Answers]{Body: Answers(counted)}, nil
	})
	add(m, operation{
		ID: "cancel-registration", Do: "POST /events/{id}/registrations/{rid}/cancel", Says: "Cancel a registration", Scope: registration.ScopeWrite,
	}, func(ctx context.Context, act actor.Actor, in *byRegistration) (*oneOf[Registration], error) {
		if _, err := m.registrationOf(ctx, act, in); err != nil {
			return nil, err
		}
		return showOneRegistration(ctx)(s.CancelByStaff(ctx, act, in.RID))
	})
}

// registrationOf is ErrAbsent for a registration of another event.
func (m *mount) registrationOf(ctx context.Context, act actor.Actor, in *byRegistration) (registration.Registration, error) {
	r, err := m.Services.Registrations.Get(ctx, act, in.RID)
	if err == nil && r.Event != in.ID {
		return registration.Registration{}, record.ErrAbsent
	}
	return r, err
}

func showOneRegistration(ctx context.Context) func(registration.Registration, error) (*oneOf[Registration], error) {
	return func(r registration.Registration, err error) (*oneOf[Registration], error) {
		if err != nil {
			return nil, err
		}
		return one(r.Ver, showRegistration(ctx)(r)), nil
	}
}
