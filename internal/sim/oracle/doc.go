// Package oracle says from outside what may have happened to messages: it holds
// a history of hand-overs and rows to the rules of the ledger, and shares no
// code with what plans and decides them.
package oracle
