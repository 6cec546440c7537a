// Package limit counts what somebody gets wrong, and says how long they have to
// wait then.
package limit
