package api

import (
	"context"
	"net/http"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Unit is a body or a village as clients see it.
type Unit struct {
	ID         string            `json:"id"`
	Kind       string            `json:"kind" example:"commune"`
	Parent     string            `json:"parent,omitempty" doc:"The unit above in the territory"`
	Line       string            `json:"line,omitempty" doc:"The organisation's own line" example:"youth_union"`
	Names      map[string]string `json:"names" doc:"By language; vi is always there"`
	Code       string            `json:"code,omitempty" doc:"The state's code" example:"24787"`
	Cluster    string            `json:"cluster,omitempty" doc:"Scorecards are compared within it only"`
	Zone       string            `json:"zone" example:"Asia/Ho_Chi_Minh"`
	ValidFrom  *time.Time        `json:"valid_from,omitempty"`
	ValidUntil *time.Time        `json:"valid_until,omitempty"`
	Successors []string          `json:"successors,omitempty" nullable:"false" doc:"Units that took its duties over"`
}

func showUnit(u unit.Unit) Unit {
	return Unit{
		ID: u.ID, Kind: string(u.Kind), Parent: u.Parent, Line: u.Line, Names: u.Names, Code: u.Code, Cluster: u.Cluster,
		Zone: u.Zone, ValidFrom: at(u.ValidFrom), ValidUntil: at(u.ValidUntil), Successors: u.Successors,
	}
}

type unitList struct {
	Paging
	Parent   string `query:"parent" maxLength:"36" doc:"Only those right below this unit"`
	Ancestor string `query:"ancestor" maxLength:"36" doc:"Only those anywhere below this unit"`
	Kind     string `query:"kind" maxLength:"64" doc:"Only of this kind" example:"commune"`
	Search   string `query:"q" maxLength:"100" doc:"The beginning of a word of the name, accents aside" example:"da lat"`
}

type unitNew struct {
	Keyed
	Body struct {
		Kind    string            `json:"kind" example:"village"`
		Parent  string            `json:"parent" doc:"The unit above"`
		Names   map[string]string `json:"names" doc:"By language; vi is required"`
		Line    string            `json:"line,omitempty"`
		Code    string            `json:"code,omitempty"`
		Cluster string            `json:"cluster,omitempty"`
		Zone    string            `json:"zone,omitempty" doc:"An IANA time zone; that of the unit above if left out"`
	}
}

type unitPatch struct {
	ByID
	Matching
	Body struct {
		Names map[string]string `json:"names" doc:"All names by language; vi is required"`
	}
}

type unitClose struct {
	ByID
	Matching
	Body struct {
		At         time.Time `json:"at" doc:"From when on it is no more"`
		Successors []string  `json:"successors" nullable:"false" doc:"Units that take its duties over"`
	}
}

type byCode struct {
	Code string `path:"code" maxLength:"10" doc:"The state's code" example:"24787"`
}

func (m *mount) units() {
	s := m.Services.Units
	add(m, operation{
		ID: "list-units", Do: "GET /units", Says: "List units by name", Scope: unit.ScopeRead,
	}, func(ctx context.Context, act actor.Actor, in *unitList) (*listOf[Unit], error) {
		f := unit.Filter{Parent: in.Parent, Ancestor: in.Ancestor, Kind: unit.Kind(in.Kind), Prefix: in.Search}
		g := m.pager(ctx, in.Paging, "units", in.Parent, in.Ancestor, in.Kind, in.Search)
		return paged(g, func(r page.Request) (page.List[unit.Unit], error) { return s.Page(ctx, act, f, r) }, showUnit)
	})
	add(m, operation{
		ID: "get-unit", Do: "GET /units/{id}", Says: "Get a unit", Scope: unit.ScopeRead,
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*oneOf[Unit], error) {
		return showOneUnit(s.Get(ctx, act, in.ID))
	})
	add(m, operation{
		ID: "get-unit-by-code", Do: "GET /units/by-code/{code}", Says: "Get the unit that bears a code of the state", Scope: unit.ScopeRead,
	}, func(ctx context.Context, act actor.Actor, in *byCode) (*oneOf[Unit], error) {
		return showOneUnit(s.ByCode(ctx, act, in.Code))
	})
	add(m, operation{
		ID: "create-unit", Do: "POST /units", Says: "Add a unit below another", Scope: unit.ScopeWrite, Status: http.StatusCreated,
		More: "For administrators of the unit above, or of one above that.",
	}, func(ctx context.Context, act actor.Actor, in *unitNew) (*oneOf[Unit], error) {
		b := in.Body
		return showOneUnit(s.Create(ctx, act, unit.Draft{
			ID: in.newID(ctx, "unit"), Kind: unit.Kind(b.Kind), Parent: b.Parent, Line: b.Line, Names: b.Names,
			Code: b.Code, Cluster: b.Cluster, Zone: b.Zone,
		}))
	})
	m.changeUnits()
}

func (m *mount) changeUnits() {
	s := m.Services.Units
	add(m, operation{
		ID: "rename-unit", Do: "PATCH /units/{id}", Says: "Rename a unit", Scope: unit.ScopeWrite,
	}, func(ctx context.Context, act actor.Actor, in *unitPatch) (*oneOf[Unit], error) {
		seen, err := in.ver()
		if err != nil {
			return nil, err
		}
		return showOneUnit(s.Rename(ctx, act, in.ID, seen, in.Body.Names))
	})
	add(m, operation{
		ID: "close-unit", Do: "POST /units/{id}/close", Says: "End a unit and name its successors", Scope: unit.ScopeWrite,
	}, func(ctx context.Context, act actor.Actor, in *unitClose) (*oneOf[Unit], error) {
		seen, err := in.ver()
		if err != nil {
			return nil, err
		}
		return showOneUnit(s.Close(ctx, act, in.ID, seen, instant(&in.Body.At), in.Body.Successors))
	})
}

func showOneUnit(u unit.Unit, err error) (*oneOf[Unit], error) {
	if err != nil {
		return nil, err
	}
	return one(u.Ver, showUnit(u)), nil
}
