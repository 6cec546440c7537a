// Package event is a Sunday with the people: what, when, where, for whom, who
// approved it, and every state that it may pass through.
package event
