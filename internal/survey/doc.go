// Package survey asks people who came how it was, so that nothing stored can
// link an answer to a person, and shows only what is safe to show.
package survey
