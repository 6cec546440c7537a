// Package weeks lives weeks of made-up Sundays in seconds: the real services,
// stores, planner and dispatcher on a simulated clock, with seeded faults. One
// actor goes on at a time and gives way at every call of a port, so that the
// same seed gives the same history, byte for byte, on both stores. What was
// handed over and what became of every row is held to internal/sim/oracle.
package weeks
