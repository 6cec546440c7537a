// Package store is the bundle of ports that every store adapter provides, so
// that the composition root, the conformance suite and the simulation name it
// once.
package store
