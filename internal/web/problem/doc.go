// Package problem turns errors into what a client may know of them: a status, a code, and words in the language asked
// for that name the refused fields. Causes and values never get in.
package problem
