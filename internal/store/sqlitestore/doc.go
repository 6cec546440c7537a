// Package sqlitestore keeps every port of a store in one SQLite file (WAL).
// One writer per process groups what is waiting into one durable commit;
// readers have connections of their own, and several processes may share the
// file. Documents are JSON beside real columns for what is looked up; the send
// ledger has real columns only.
package sqlitestore
