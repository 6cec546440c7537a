// Package registration is who comes to an event: one registration per event
// and resident, and the roll, which alone knows who has a seat.
package registration
