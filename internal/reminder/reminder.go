package reminder

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/record"
)

// OnUnknown says what happens when nobody knows whether a message arrived.
type OnUnknown string

// Choices.
const (
	Resend OnUnknown = "resend"
	Leave  OnUnknown = "leave"
)

// Rule says when people are reminded. Exactly one of MinutesBefore and At is used.
type Rule struct {
	record.Head `bson:",inline"`
	// Owner is the event that the rule belongs to. Rules of units and types, and
	// their inheritance, use the same field.
	Owner string `json:"owner"`
	// Unit keeps the owner.
	Unit string `json:"unit"`
	// MinutesBefore the start, 1 to 43,200 (30 days).
	MinutesBefore int `json:"minutes_before,omitempty"`
	// DaysBefore (0 to 30) and At ("19:00", local) name a time of day.
	DaysBefore int    `json:"days_before,omitempty"`
	At         string `json:"at,omitempty"`
	// LateMinutes is how late it is still useful, 1 to 1,440.
	LateMinutes int       `json:"late_minutes"`
	OnUnknown   OnUnknown `json:"on_unknown"`
	// Channels in order of preference.
	Channels []string `json:"channels"`
	// Removed rules stay, so that their rows can say why nothing came.
	Removed bool `json:"removed,omitempty"`
}

// Store keeps rules.
type Store interface {
	Create(ctx context.Context, r *Rule) error
	Get(ctx context.Context, id string) (Rule, error)
	Update(ctx context.Context, id string, change func(*Rule) error) (Rule, error)
	// ByOwner returns all rules of an owner, removed ones too, ordered by id.
	ByOwner(ctx context.Context, owner string) ([]Rule, error)
}
