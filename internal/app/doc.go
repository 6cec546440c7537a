// Package app is the composition root: it opens the store, builds the
// services, the planner, the dispatcher, the timetable and the server, and is
// the only package that knows them all.
package app
