// Package console is the pages of staff: call lists and letters to print, and
// the forms into which their results go. They work without JavaScript.
package console
