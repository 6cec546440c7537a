// Package reminder is the rules by which people are reminded of an event: how
// long before, to whom, and until when it is still useful.
package reminder
