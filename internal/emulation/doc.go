// Package emulation scores units, never residents: count facts that events
// leave behind, score tables as data, and scorecards that open to both.
package emulation
