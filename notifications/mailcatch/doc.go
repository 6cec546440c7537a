// Package mailcatch is an SMTP server on the loopback interface that keeps what
// it receives in memory, for the demo and for tests. It delivers nothing.
package mailcatch
