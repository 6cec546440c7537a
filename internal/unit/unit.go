package unit

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Kind is an open list; these are the ones the product knows by name.
type Kind string

// Kinds of units.
const (
	Province         Kind = "province"
	City             Kind = "city" // a city on the level of a province
	Ward             Kind = "ward"
	Commune          Kind = "commune"
	SpecialZone      Kind = "special_zone"
	Department       Kind = "department"
	MassOrganisation Kind = "mass_organisation"
	ServiceCentre    Kind = "service_centre"
	Village          Kind = "village"
)

// Unit is a body, or a village.
type Unit struct {
	record.Head `bson:",inline"`
	// Dirt says that the unit has a name that its events do not follow yet.
	record.Dirt `bson:",inline"`
	Kind        Kind `json:"kind"`
	// Parent is the unit above in the territory, empty at the top; Ancestors
	// are all above it, nearest first.
	Parent    string   `json:"parent,omitempty"`
	Ancestors []string `json:"ancestors,omitempty"`
	// Line is the organisation's own line, such as "youth_union" or "police".
	Line string `json:"line,omitempty"`
	// Names by locale; vi is required.
	Names map[string]string `json:"names"`
	// Words are the folded words of all names, for search; SortKey orders lists.
	Words   []string `json:"words"`
	SortKey []byte   `json:"sort_key"`
	// NamedAt is when a name last made the unit dirty, 0 for never.
	NamedAt calendar.Instant `json:"named_at,omitempty"`
	// Code is the state's code, with its validity. Unique where set.
	Code      string           `json:"code,omitempty"`
	CodeFrom  calendar.Instant `json:"code_from,omitempty"`
	CodeUntil calendar.Instant `json:"code_until,omitempty"`
	// Cluster is the emulation cluster: scorecards are compared within it only.
	Cluster string `json:"cluster,omitempty"`
	// Zone is an IANA time zone.
	Zone string `json:"zone"`
	// ValidFrom and ValidUntil bound the unit's life; facts keep their unit,
	// roles and links pass to the Successors.
	ValidFrom  calendar.Instant `json:"valid_from,omitempty"`
	ValidUntil calendar.Instant `json:"valid_until,omitempty"`
	Successors []string         `json:"successors,omitempty"`
}

// Name returns the unit's name in the locale, Vietnamese where it has none.
func (u Unit) Name(locale string) string {
	if n := u.Names[locale]; n != "" {
		return n
	}
	return u.Names["vi"]
}

// Filter chooses units. Empty fields do not restrict.
type Filter struct {
	Parent string
	// Ancestor chooses the whole subtree below a unit.
	Ancestor string
	Kind     Kind
	// Prefix is one folded word prefix of a name.
	Prefix string
}

// Store keeps units.
type Store interface {
	Create(ctx context.Context, u *Unit) error
	Get(ctx context.Context, id string) (Unit, error)
	Update(ctx context.Context, id string, change func(*Unit) error) (Unit, error)
	// ByCode finds the unit that bears the state's code.
	ByCode(ctx context.Context, code string) (Unit, error)
	// Page lists units by sort key, then id.
	Page(ctx context.Context, f Filter, r page.Request) (page.List[Unit], error)
	// CreateMany inserts units that are not there yet, in groups; for imports.
	CreateMany(ctx context.Context, us []Unit) error
	// Dirty returns dirty units, ordered by id, at most limit.
	Dirty(ctx context.Context, limit int) ([]Unit, error)
	// Clean clears dirty where PlanVer is as seen, and reports whether it did.
	Clean(ctx context.Context, id string, planVer int64) (bool, error)
}
