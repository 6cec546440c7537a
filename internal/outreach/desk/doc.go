// Package desk is where staff work off what goes out on paper: it says who may
// print the sheets of a village and enter what came of them, shows a line's
// name and number to them alone, and derives what is left to do.
package desk
