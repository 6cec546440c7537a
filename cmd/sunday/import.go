package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
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
	c := p.importCommand((*app.App).ImportResidents, true)
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
	c := p.importCommand((*app.App).ImportUnits, false)
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

// importCommand is what both imports have in common; people are taken over by
// somebody who answers for it.
func (p *program) importCommand(take func(*app.App, context.Context, app.ImportList) (app.ImportDone, error), people bool) *cobra.Command {
	var in app.ImportList
	var asJSON bool
	c := &cobra.Command{
		Args: exactly(1, "one FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := knownLang(in.Lang); err != nil {
				return err
			}
			if err := in.Check(people); err != nil {
				return usageError{saidError{err, app.SayIn(in.Lang, err)}}
			}
			in.File = args[0]
			// A list is much that is looked at once: memory is taken back sooner.
			debug.SetGCPercent(importGCPercent)
			bar := p.bar(1, "kB", asJSON)
			in.Progress = func(done, of int64) {
				bar.ChangeMax64(max(of>>10, 1))
				_ = bar.Set64(done >> 10) // a bar that cannot be drawn is no reason to stop
			}
			return p.withOptions(c.Context(), app.Options{Bulk: true}, func(a *app.App) error {
				done, err := take(a, c.Context(), in)
				_ = bar.Finish()
				if err != nil {
					return saidError{err, app.SayIn(in.Lang, err)}
				}
				if asJSON {
					return json.NewEncoder(p.out).Encode(done)
				}
				_, err = fmt.Fprintln(p.out, strings.Join(done.Said, "\n"))
				return err
			})
		},
	}
	f := c.Flags()
	f.StringVar(&in.As, "as", "", "login of the account that answers for it")
	f.StringVar(&in.Unit, "unit", "", "the unit of rows that name none, by the state's code or by id")
	f.BoolVar(&in.DryRun, "dry-run", false, "write nothing, and say what would be")
	f.StringVar(&in.Report, "report", "", "file for every refused row with line, column and reason, as CSV")
	f.StringVar(&in.Lang, "lang", "en", "language of the figures, the reasons and the report: vi, en or pl")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return c
}
