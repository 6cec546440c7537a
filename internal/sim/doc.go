// Package sim makes people, Sundays and faults that never were: the sample
// province of the demo, and crashes in the middle of a simulated Sunday.
package sim
