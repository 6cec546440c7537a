// Package mongostore keeps every port of store.Set in MongoDB: one document
// per thing, one atomic write per change, majority-acknowledged and journaled.
// It needs no multi-document transaction and uses only the operators that
// docs/scaling.md lists.
package mongostore
