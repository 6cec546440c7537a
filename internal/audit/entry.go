package audit

import (
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// SystemUnit names the chain of what no unit keeps, such as contacts.
const SystemUnit = "system"

// Thing is how the log names a record: its kind and id.
func Thing(kind, id string) string { return kind + ":" + id }

// Of makes the entry that act did verb (such as "event.approve") to thing,
// which unit keeps. Fields are names of what was changed, never values.
func Of(act actor.Actor, at calendar.Instant, unit, thing, verb string, fields ...string) record.Entry {
	return record.Entry{
		Unit: unit, Thing: thing, Actor: By(act), Act: verb, Fields: fields, At: int64(at),
	}
}
