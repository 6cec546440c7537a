// Package record is what every stored document begins with: its id, the
// version that updates compare, the outbox of audit entries that a change
// carries, and the mark that tells the planner to look at a fact again.
package record
