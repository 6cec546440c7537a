// Package outreach decides who is told what, when and why. When is the one
// pure function that says what a rule wants for a recipient; the Planner
// writes that into the ledger, Decide checks it again at the hand-over, and
// the compiled templates turn it into mails.
package outreach
