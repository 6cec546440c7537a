// Package secret derives one key per purpose from SUNDAY_SECRET: keyed hashes
// and seals of contacts, link tokens and the key of page cursors.
package secret
