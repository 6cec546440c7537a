// Package account is staff: who may do what on which unit, until when, and
// the API tokens that act for them.
package account
