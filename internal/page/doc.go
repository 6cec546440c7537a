// Package page bounds lists and seals their cursors: a cursor is the key of the
// last item shown, which a client can carry but neither read nor alter.
package page
