// Package journal keeps what people refused in a file outside the store, so
// that a store that is restored from a backup can be told again: one line of
// JSON each, chained by hash, with ids and no names.
package journal
