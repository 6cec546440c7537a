package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sunday-with-the-people/sunday/internal/app"
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
			if err := knownLang(e.Lang); err != nil {
				return err
			}
			if e.Config, err = p.config(); err != nil {
				return err
			}
			found, err := app.Examine(c.Context(), e)
			if err != nil {
				return err
			}
			if asJSON {
				err = json.NewEncoder(p.out).Encode(found.Found)
			} else {
				_, err = fmt.Fprintln(p.out, found.Page)
			}
			if err == nil && found.Wrong != "" {
				err = errors.New(found.Wrong)
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
	f.StringVar(&e.Lang, "lang", "en", "language of the page: vi, en or pl")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return c
}
