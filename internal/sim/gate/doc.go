// Package gate puts faults between the program and what it calls: each call of
// a port passes a Gate, which may refuse it, lose its reply, or kill the caller.
package gate

//go:generate go run ./gen
