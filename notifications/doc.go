// Package notifications is the send ledger: one row per recipient, rule and
// round, its states, and the Dispatcher that hands rows over to channels so
// that every message ends as exactly one of sent, dead, unknown, suppressed
// or expired. It knows no domain: what a row is about is decided by a Source.
package notifications
