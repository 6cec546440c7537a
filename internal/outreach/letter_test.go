package outreach_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// TestWriter_Letter sends each letter to the owner of an account in each language
// through a real SMTP connection and compares what a mail program reads.
func TestWriter_Letter(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.writer()
	channel, catcher := b.mailServer()
	for _, kind := range []string{"password", "reset", "address"} {
		for _, locale := range []string{"vi", "en", "pl"} {
			m, err := w.Letter(outreach.Letter{
				Kind: kind, ID: "letter-" + kind, To: "lan@example.org", Name: "Trần <b>Lan</b>", Login: "lan", Locale: locale,
				Path: "/staff/password/token?mail=ticket", Until: before(29 * time.Hour), Zone: unit.DefaultZone,
			}, millis(before(30*time.Hour)))
			b.must(err)
			golden(t, filepath.Join("testdata", "mail", "letter."+kind+"."+locale+".txt"), b.deliver(channel, catcher, m))
		}
	}
}
