package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

func (p *program) doctor() *cobra.Command {
	e := app.Examination{Version: version, Environ: p.environ}
	var asJSON bool
	c := &cobra.Command{
		Use: "doctor", Short: "Look whether all is well, on one page to sign", Args: exactly(0),
		Long: `Looks at permissions, store, indexes, holds, clock, disk, mail server, the domain's
records, proxy, pages, forged addresses and backups, and says what to do about
each. Nothing is changed, and nothing is sent but the test mail. The exit code is 1 if something
is wrong.`,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := p.config()
			if err != nil {
				return err
			}
			e.Config = config
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
				err = p.printFindings(found)
			}
			if err == nil && bad > 0 {
				err = fmt.Errorf("of %d things %d are wrong: what to do stands below each", len(found), bad)
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

// printFindings prints the page: all findings, and a line to sign.
func (p *program) printFindings(found []app.Finding) error {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Sunday's doctor: %s, %s UTC, version %s\n\n", host, time.Now().UTC().Format(time.DateTime), version)
	for _, f := range found {
		fmt.Fprintf(&b, "%-8s %-22s %s\n", f.Verdict, f.Check, f.Says)
		if f.Do != "" {
			fmt.Fprintf(&b, "%-31s -> %s\n", "", f.Do)
		}
	}
	b.WriteString("\nRead and seen to by ______________________________  on ______________\n")
	_, err = fmt.Fprint(p.out, b.String())
	return err
}
