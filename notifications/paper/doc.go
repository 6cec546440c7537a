// Package paper is the channel of those whom only a person can tell: it puts
// due rows of the ledger on numbered sheets, one a village, and takes in what
// came of each line. Printed is not sent: a line says "reached", or expires.
// It knows no domain: who is on a line is decided and shown by a Source.
package paper
