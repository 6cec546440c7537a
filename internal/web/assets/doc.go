// Package assets is what every page is made of: the style sheet with its address, and the layout around the page's
// own part.
package assets
