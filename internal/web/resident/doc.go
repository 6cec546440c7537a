// Package resident is the public pages and those that residents reach by a link of their own: coming events, one
// event with its form, the own registration, confirming, stopping messages and the survey. They need no JavaScript.
package resident
