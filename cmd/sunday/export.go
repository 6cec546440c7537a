package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

// exports are the lists that go out, each with what it is.
var exports = []struct{ list, short string }{
	{"residents", "Write the residents of a unit, with their contacts and consents"},
	{"registrations", "Write who registered for the events of a unit"},
	{"attendance", "Write how many came to the events of a unit and those below it"},
	{"events", "Write the events of a unit and those below it"},
	{"units", "Write a unit and those below it"},
}

func (p *program) export() *cobra.Command {
	c := &cobra.Command{Use: "export", Short: "Write lists for spreadsheets, with an entry in the audit log", Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	for _, e := range exports {
		c.AddCommand(p.exportOne(e.list, e.short))
	}
	return c
}

func (p *program) exportOne(list, short string) *cobra.Command {
	in := app.ExportList{List: list}
	var asJSON bool
	var from, until string
	c := &cobra.Command{
		Use: list + " FILE", Short: short, Args: exactly(1, "the FILE to write, .csv or .xlsx"),
		RunE: func(c *cobra.Command, args []string) error {
			in.File = args[0]
			var err error
			if in.From, err = dayFlag("--from", from); err != nil {
				return err
			}
			if in.Until, err = dayFlag("--until", until); err != nil {
				return err
			}
			if !in.Until.IsZero() {
				in.Until = in.Until.AddDate(0, 0, 1)
			}
			if err := usage(in.Check()); err != nil {
				return err
			}
			return p.with(c.Context(), func(a *app.App) error {
				bar := p.bar(-1, "rows", asJSON)
				in.Progress = func(int) { _ = bar.Add(1) } // a bar that cannot be drawn is no reason to stop
				done, err := a.Export(c.Context(), in)
				_ = bar.Finish()
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(p.out).Encode(done)
				}
				_, err = fmt.Fprintf(p.out, "%d rows are in %s. The audit log of the unit names who took them.\n", done.Rows, done.File)
				return err
			})
		},
	}
	f := c.Flags()
	f.StringVar(&in.As, "as", "", "login of the account that answers for it, with a role on the unit")
	f.StringVar(&in.Unit, "unit", "", "the unit, by the state's code or by id")
	f.StringVar(&in.Reason, "reason", "", "why, for the log: "+strings.Join(app.ExportReasons(), ", "))
	f.BoolVar(&in.BOM, "bom", false, "begin a CSV with a byte order mark, by which older spreadsheets know UTF-8")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	if list != "residents" && list != "units" {
		f.StringVar(&from, "from", "", "first day of events, such as 2026-11-01")
		f.StringVar(&until, "until", "", "last day of events")
	}
	return c
}

// dayFlag reads a day as it begins in Viet Nam, the zero time where none is given.
func dayFlag(flag, value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.ParseInLocation(time.DateOnly, value, zone)
	if err != nil {
		return t, usageError{fmt.Errorf("%s is a day such as 2026-11-01, not %q", flag, value)}
	}
	return t, nil
}
