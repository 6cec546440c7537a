// Package account is staff: who may do what on which unit, until when, how they
// sign in, and the API tokens that act for them.
package account
