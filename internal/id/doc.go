// Package id makes the ids of records: UUIDs of version 7, or hashes derived
// from what a record is about. They say nothing and are never a secret.
package id
