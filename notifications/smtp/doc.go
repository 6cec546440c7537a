// Package smtp is the mail channel: it composes messages with go-mail and
// hands them over through net/smtp's client in as few round trips as the
// server allows, so that after every fault it is known whether the message
// surely was not accepted, or may have been.
package smtp
