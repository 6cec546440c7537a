// Package fault gives errors a kind, a message key for people and a cause that
// stays hidden: what reaches a client or a log never holds a typed value.
package fault
