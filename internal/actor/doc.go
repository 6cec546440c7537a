// Package actor says who acts and with which grants: every service takes an
// Actor and asks it, so that no rule depends on how somebody signed in.
package actor
