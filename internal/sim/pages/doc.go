// Package pages holds every page to what a browser, axe and a keyboard say of it. Its tests open the demo in a browser
// and take minutes: make pages runs them, and make test leaves them out by the build tag.
package pages
