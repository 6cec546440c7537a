// Package storetest is the one conformance suite of every store: what the
// ports promise, and the ugly cases, such as concurrent updates, a caller that
// gives up, a lost reply, and two workers on one part.
package storetest
