package reminder

import (
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// OnUnknown says what happens when nobody knows whether a message arrived.
type OnUnknown string

// Choices.
const (
	Resend OnUnknown = "resend"
	Leave  OnUnknown = "leave"
)

// Audience is a group of people whom a rule reminds.
type Audience string

// Audiences: by what became of a registration, or by consent to news of the
// event's village. NotAnswered are those registered who have not said whether
// they come.
const (
	Registered  Audience = "registered"
	Waitlisted  Audience = "waitlisted"
	NotAnswered Audience = "not_answered"
	Attended    Audience = "attended"
	NotRecorded Audience = "not_recorded"
	News        Audience = "news"
)

// Audiences is the closed list.
func Audiences() []Audience {
	return []Audience{Registered, Waitlisted, NotAnswered, Attended, NotRecorded, News}
}

// Phase says when in an event's life a rule speaks. It follows from the
// audience, and a rule keeps it for good.
type Phase string

// Phases.
const (
	Before       Phase = "before"
	After        Phase = "after"
	Announcement Phase = "announcement"
)

// Rule says when people are reminded. Exactly one of MinutesBefore,
// MinutesAfter and At is used; one that overrides another may leave out all
// that it takes over.
type Rule struct {
	record.Head `bson:",inline"`
	record.Dirt `bson:",inline"`
	// Owner is the event that the rule belongs to, or the unit: then it holds for
	// all events that the unit, or one below it, leads.
	Owner string `json:"owner"`
	// Unit keeps the owner, and is the owner of a unit's rule.
	Unit string `json:"unit"`
	// Type restricts a unit's rule to events of a type; empty for all.
	Type event.Type `json:"type,omitempty"`
	// Overrides is the id of the inherited rule that this one replaces, or
	// switches off. Rows keep that id.
	Overrides string `json:"overrides,omitempty"`
	Off       bool   `json:"off,omitempty"`
	// Audience is whom it reminds; empty are those registered.
	Audience []Audience `json:"audience,omitempty"`
	// MinutesBefore the start, or MinutesAfter the end, 1 to 43,200 (30 days).
	MinutesBefore int `json:"minutes_before,omitempty"`
	MinutesAfter  int `json:"minutes_after,omitempty"`
	// DaysBefore the day of the start, or DaysAfter that of the end (0 to 30), and
	// At ("19:00", local) name a time of day.
	DaysBefore int    `json:"days_before,omitempty"`
	DaysAfter  int    `json:"days_after,omitempty"`
	At         string `json:"at,omitempty"`
	// LateMinutes is how late it is still useful, 1 to 1,440.
	LateMinutes int       `json:"late_minutes"`
	OnUnknown   OnUnknown `json:"on_unknown"`
	// Channels in order of preference.
	Channels []string `json:"channels"`
	// Removed rules stay, so that what they planned finds out.
	Removed bool `json:"removed,omitempty"`
}

// OfUnit reports whether a unit owns the rule, and no single event.
func (r Rule) OfUnit() bool { return r.Owner == r.Unit }

// Covers reports whether the rule reminds the audience.
func (r Rule) Covers(a Audience) bool {
	if len(r.Audience) == 0 {
		return a == Registered
	}
	return slices.Contains(r.Audience, a)
}

// Phase is when in the event's life the rule speaks.
func (r Rule) Phase() Phase { return phaseOf(r.Audience) }

func phaseOf(audience []Audience) Phase {
	switch {
	case slices.Contains(audience, News):
		return Announcement
	case slices.Contains(audience, Attended), slices.Contains(audience, NotRecorded):
		return After
	}
	return Before
}

// Store keeps rules.
type Store interface {
	Create(ctx context.Context, r *Rule) error
	Get(ctx context.Context, id string) (Rule, error)
	Update(ctx context.Context, id string, change func(*Rule) error) (Rule, error)
	// ByOwner returns all rules of an owner, removed ones too, ordered by id.
	ByOwner(ctx context.Context, owner string) ([]Rule, error)
	// ByOwners returns all rules of the owners, removed ones too, ordered by id.
	ByOwners(ctx context.Context, owners []string) ([]Rule, error)
	// Dirty returns rules whose events have to be planned again, ordered by id,
	// at most limit.
	Dirty(ctx context.Context, limit int) ([]Rule, error)
	// Clean clears dirty where PlanVer is as seen, and reports whether it did.
	Clean(ctx context.Context, id string, planVer int64) (bool, error)
}
