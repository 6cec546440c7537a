// Package calendar alone reads local times: it resolves wall times in their
// zones, counts working days with the Vietnamese holidays, and makes the dates
// of a series.
package calendar
