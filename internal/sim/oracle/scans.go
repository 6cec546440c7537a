package oracle

import (
	"strings"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// Scan is a machine that fetched a link of a mail, as mail servers do.
type Scan struct {
	// Page is the kind of page, such as "own".
	Page string
	// Before and After are what the store said of the person and the event.
	Before, After string
	Status        int
}

// scanned is L9: a GET never acts, and every mail that may be refused says how
// by RFC 8058.
func (c *checker) scanned(h History) {
	for _, s := range h.Scans {
		if s.Before != s.After {
			c.addf("L9", notifications.Row{}, "fetching the page %q changed the facts:\n%s\n%s", s.Page, s.Before, s.After)
		}
		if s.Status < 200 || s.Status > 399 {
			c.addf("L9", notifications.Row{}, "the link to the page %q of a mail answers %d", s.Page, s.Status)
		}
	}
	for _, o := range h.HandOvers {
		if !strings.HasPrefix(o.Message.Unsubscribe, "https://") {
			c.addf("L9", o.Row, "a mail without an address to unsubscribe at")
		}
	}
}
