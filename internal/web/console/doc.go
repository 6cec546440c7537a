// Package console is the pages of staff: signing in, the overview of a unit with
// its events, messages and scorecard, call lists and letters to print, and the
// forms into which their results go. They work without JavaScript.
package console
