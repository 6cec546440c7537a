// Package audit chains the entries that changes carry into one append-only
// log per unit, so that a removed or altered line shows.
package audit
