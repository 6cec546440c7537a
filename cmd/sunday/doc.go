// Command sunday is the event and outreach scheduler of "Sunday with the
// People": pages and API, worker, and the tools to look after them.
package main
