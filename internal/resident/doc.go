// Package resident is the people and organisations that a unit invites, with
// the log of what they agreed to.
package resident
