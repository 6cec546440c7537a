package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
)

func (p *program) doctor() *cobra.Command {
	e := app.Examination{Version: version, Environ: p.environ}
	var asJSON bool
	c := &cobra.Command{
		Use: "doctor", Short: "Look whether all is well, on one page to sign", Args: exactly(0),
		Long: `Looks at permissions, store, indexes, holds, worker, clock, disk, mail server,
the domain's records, proxy, pages, forged addresses and backups, and says what
to do about each. Nothing is changed, and nothing is sent but the test mail. The
exit code is 1 if something is bad.`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			e.Config, err = p.config()
			if err != nil {
				return err
			}
			found := app.Examine(c.Context(), e)
			bad := 0
			for _, f := range found {
				if f.Verdict == app.Bad {
					bad++
				}
			}
			if asJSON {
				err = json.NewEncoder(p.out).Encode(found)
			} else {
				err = p.printFindings(e.Config, found)
			}
			if err == nil && bad > 0 {
				err = fmt.Errorf("%d of %d things are bad; what to do stands below each", bad, len(found))
			}
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&e.URL, "url", "", "ask the running pages at this address, through all proxies")
	f.StringVar(&e.Clock, "clock", "", "compare the clock with this time server (ntp://HOST) or the date of this web server; pool.ntp.org if not given, none for nobody")
	f.StringVar(&e.TestMail, "test-mail", "", "send one mail to this address")
	f.StringVar(&e.Selector, "dkim-selector", "", "selector under which the mail server's key is published")
	f.StringVar(&e.Backups, "backups", "", "folder of the backups, to see how old the newest is")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// pageColumns is how wide the page is, to be printed and signed.
const pageColumns = 100

// verdictWords say what the words in the first column mean.
var verdictWords = []struct {
	verdict app.Verdict
	words   string
}{
	{app.Bad, "wrong, has to be mended"}, {app.Look, "to be looked at: it may be meant"},
	{app.Unknown, "could not be found out from here"}, {app.Fine, "well"},
}

// printFindings prints the page: what was looked at, all findings, how many there
// are of each verdict, and a line to sign.
func (p *program) printFindings(c config.Config, found []app.Finding) error {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Sunday's doctor: %s, %s UTC, version %s\n%s\n\n", host, time.Now().UTC().Format(time.DateTime), version, lookedAt(c))
	count := map[app.Verdict]int{}
	for _, f := range found {
		count[f.Verdict]++
		wrapped(&b, fmt.Sprintf("%-8s %-22s ", f.Verdict, f.Check), f.Says)
		if f.Do != "" {
			wrapped(&b, fmt.Sprintf("%-32s-> ", ""), f.Do)
		}
	}
	b.WriteString("\n")
	for _, v := range verdictWords {
		fmt.Fprintf(&b, "%3d %-8s %s\n", count[v.verdict], v.verdict, v.words)
	}
	b.WriteString("\nRead and seen to by ______________________________  on ______________\n")
	_, err = fmt.Fprint(p.out, b.String())
	return err
}

// lookedAt names the installation that the settings are of.
func lookedAt(c config.Config) string {
	store := "SQLite in " + c.DataDir
	if c.MongoURI != "" {
		store = "MongoDB, database " + c.MongoDatabase
	}
	pages, from := c.BaseURL, c.MailFrom.Address
	if pages == "" {
		pages = "no SUNDAY_BASE_URL"
	}
	if from == "" {
		from = "no SUNDAY_MAIL_FROM"
	}
	return fmt.Sprintf("Looked at: %s; pages: %s; mails from: %s", store, pages, from)
}

// wrapped writes a paragraph behind its head, in lines of the page's width.
func wrapped(b *strings.Builder, head, words string) {
	indent := strings.Repeat(" ", len(head))
	column := len(head)
	b.WriteString(head)
	for i, word := range strings.Fields(words) {
		switch n := utf8.RuneCountInString(word); {
		case i == 0:
			column += n
		case column+1+n > pageColumns:
			b.WriteString("\n" + indent)
			column = len(head) + n
		default:
			b.WriteString(" ")
			column += 1 + n
		}
		b.WriteString(word)
	}
	b.WriteString("\n")
}
