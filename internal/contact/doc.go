// Package contact is one phone number or e-mail address of nobody in
// particular: found by a keyed hash, kept sealed, with what it refused.
package contact
