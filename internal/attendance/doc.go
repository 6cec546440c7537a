// Package attendance counts people at the door: append-only entries, undone
// by counter-entries, and never a list of who stayed away.
package attendance
