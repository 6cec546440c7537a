// Package request carries what every page and handler wants to know of the request it answers: the language that was
// asked for, and what limits count.
package request
