package record

import (
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// Sentinels that every store returns, found with errors.Is.
var (
	// ErrAbsent: there is no such document.
	ErrAbsent = fault.New(fault.NotFound, "absent")
	// ErrExists: a document with this id, or this unique key, is there already.
	ErrExists = fault.New(fault.Conflict, "exists")
	// ErrContended: others changed the document again and again.
	ErrContended = fault.New(fault.Conflict, "contended")
	// ErrAway: the store cannot be reached, or cannot write.
	ErrAway = fault.New(fault.Unavailable, "store_away")
)

// ErrUnchanged is returned by a closure of Update that found nothing to do.
// Update then writes nothing and returns nil.
var ErrUnchanged = errors.New("unchanged")

// IgnoreAbsent is nil where there is no such document, and the error otherwise.
func IgnoreAbsent(err error) error {
	if errors.Is(err, ErrAbsent) {
		return nil
	}
	return err
}

// Head is embedded first in every stored document.
type Head struct {
	ID string `json:"_id"`
	// Ver is 1 after Create and raised by every Update.
	Ver int64 `json:"ver"`
	// Op names the last update, so that a write whose reply was lost is
	// recognised and not applied twice.
	Op string `json:"op,omitempty"`
	// Outbox holds audit entries until the relay has copied them.
	Outbox []Entry `json:"outbox,omitempty"`
}

// Base gives stores and services the head of any document.
func (h *Head) Base() *Head { return h }

// Note adds an audit entry to the document's outbox; called in the closure of
// the Update, or before the Create, that it tells of.
func (h *Head) Note(e Entry) {
	e.Ver = h.Ver + 1
	e.N = len(h.Outbox)
	h.Outbox = append(h.Outbox, e)
}

// Document is a pointer to a stored type.
type Document interface{ Base() *Head }

// Dirt marks a fact that the planner has to look at. It is embedded in facts.
type Dirt struct {
	// Part is hash(event) mod 64, for events and their registrations.
	Part int `json:"part"`
	// PlanVer is raised when a field is written that decides who is told what, when.
	PlanVer int64 `json:"plan_ver"`
	// Dirty is set by every write of a fact and cleared by the planner where
	// PlanVer is as it saw it.
	Dirty bool `json:"dirty,omitempty"`
}

// Touch marks the fact dirty and raises PlanVer.
func (d *Dirt) Touch() {
	d.Dirty = true
	d.PlanVer++
}

// Entry is one line of the audit log: who did what to which thing, when.
// It names fields, never values.
type Entry struct {
	// Unit keeps the thing; entries are chained per unit.
	Unit string `json:"unit"`
	// Thing is kind and id, as "event:0192…"; Ver the version it got, N the
	// place among the entries of one write.
	Thing string `json:"thing"`
	Ver   int64  `json:"thing_ver"`
	N     int    `json:"n,omitempty"`
	// Actor is "account:ID", "resident" (no more is kept), "anonymous" or "job:NAME".
	Actor string `json:"actor"`
	// Act is a dotted verb such as "event.approve".
	Act    string   `json:"act"`
	Fields []string `json:"fields,omitempty"`
	// At is UTC milliseconds.
	At int64 `json:"at"`
}
