package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

func (p *program) importLists() *cobra.Command {
	c := &cobra.Command{Use: "import", Short: "Take over lists of units and of residents", Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(p.importResidents(), p.importUnits())
	return c
}

func (p *program) importResidents() *cobra.Command {
	c := p.importCommand((*app.App).ImportResidents)
	c.Use, c.Short = "residents FILE", "Take over a list of residents, CSV or XLSX"
	c.Long = `Takes over a list of residents. Good rows are taken although others are refused;
importing a list again changes nothing, so that an interrupted import is simply
run again. Nobody may be messaged for a purpose without the text they agreed to,
the day and the source. What a person refused stays refused. docs/import.md has
the columns.`
	c.Example = "  sunday import residents list.xlsx --as lan --unit 24787 --dry-run --report refused.csv"
	return c
}

func (p *program) importUnits() *cobra.Command {
	c := p.importCommand((*app.App).ImportUnits)
	c.Use, c.Short = "units FILE", "Take over a list of units or villages, CSV or XLSX"
	c.Long = `Takes over a list of units, such as the state's, or of the villages of a unit.
A unit is known by its code, and a village by its name in its unit; those that
the list does not have stay. docs/import.md has the columns.`
	c.Example = "  sunday import units villages.csv --unit 24787 --dry-run"
	for name, usage := range map[string]string{
		"as":   "login of the account that answers for it, an administrator; the command line itself if not given",
		"unit": "the unit above rows that name none, by the state's code or by id",
	} {
		c.Flags().Lookup(name).Usage = usage
	}
	return c
}

// importGCPercent is how much garbage an import makes before it is taken away, in
// percent of what is in use.
const importGCPercent = 50

// importCommand is what both imports have in common.
func (p *program) importCommand(take func(*app.App, context.Context, app.ImportList) (app.ImportDone, error)) *cobra.Command {
	var in app.ImportList
	var asJSON bool
	c := &cobra.Command{
		Args: exactly(1, "one FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			if !slices.Contains([]string{"vi", "en", "pl"}, in.Lang) {
				return usageError{fmt.Errorf("--lang is vi, en or pl, not %q", in.Lang)}
			}
			in.File = args[0]
			// A list is much that is looked at once: memory is taken back sooner.
			debug.SetGCPercent(importGCPercent)
			bar := p.bar(1, "kB", asJSON)
			in.Progress = func(done, of int64) {
				bar.ChangeMax64(max(of>>10, 1))
				_ = bar.Set64(done >> 10) // a bar that cannot be drawn is no reason to stop
			}
			return p.with(c.Context(), func(a *app.App) error {
				done, err := take(a, c.Context(), in)
				_ = bar.Finish()
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(p.out).Encode(done)
				}
				return p.printImported(done, in.Report)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&in.As, "as", "", "login of the account that answers for it")
	f.StringVar(&in.Unit, "unit", "", "the unit of rows that name none, by the state's code or by id")
	f.BoolVar(&in.DryRun, "dry-run", false, "write nothing, and say what would be")
	f.StringVar(&in.Report, "report", "", "file for every refused row with line, column and reason, as CSV")
	f.StringVar(&in.Lang, "lang", "en", "language of the reasons: vi, en or pl")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (p *program) printImported(done app.ImportDone, report string) error {
	l := newLines(p.out)
	if done.DryRun {
		l.linef("dry run", "nothing was written; this is what would be")
	}
	l.linef("rows", "%d: %d new, %d changed, %d unchanged, %d refused", done.Rows, done.New, done.Changed, done.Unchanged, done.Refused)
	if len(done.Unread) > 0 {
		l.linef("not read", "columns %s: their headings are not known", strings.Join(done.Unread, ", "))
	}
	if done.MayMessage != nil {
		p.printMessaged(l, done)
	}
	for _, r := range done.Remarks {
		l.linef("", "%s", r)
	}
	if done.More > 0 {
		where := "--report FILE writes all"
		if report != "" {
			where = "all are in " + report
		}
		l.linef("", "and %d more; %s", done.More, where)
	}
	return l.err
}

func (p *program) printMessaged(l *lines, done app.ImportDone) {
	var may []string
	for purpose, n := range done.MayMessage {
		may = append(may, fmt.Sprintf("%s %d", purpose, n))
	}
	slices.Sort(may)
	l.linef("messages", "may go for %s", strings.Join(may, ", "))
	l.linef("", "may go to %d residents for nothing", done.Silent)
	if done.NoProof > 0 {
		l.linef("", "%d rows name a consent without its text, day or source: it is not taken", done.NoProof)
	}
	if done.Kept > 0 {
		l.linef("", "%d rows say otherwise than what the person refused: that stays refused", done.Kept)
	}
}
