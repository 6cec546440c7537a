package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

func (p *program) jobs() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "jobs", Short: "List the worker's jobs and how they last went", Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			return p.with(c.Context(), func(a *app.App) error {
				list, err := a.Jobs(c.Context())
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(p.out).Encode(list)
				}
				return p.printJobs(list)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (p *program) printJobs(list []app.Job) error {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	if _, err := fmt.Fprintln(w, "JOB\tEVERY\tLAST START\tOUTCOME\tNEXT\tFAILURES"); err != nil {
		return err
	}
	for _, j := range list {
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\n", j.Name, j.Every, moment(j.LastStart), orDash(j.Outcome), moment(j.Next), j.Failures); err != nil {
			return err
		}
	}
	return w.Flush()
}

func moment(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func (p *program) job() *cobra.Command {
	return &cobra.Command{
		Use: "job NAME", Short: "Run one job now, as 'sunday jobs' names it, or 'dispatch'", Args: exactly(1, "one job's NAME"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.with(c.Context(), func(a *app.App) error {
				err := a.RunJob(c.Context(), args[0])
				if errors.Is(err, app.ErrUnknownJob) {
					return usageError{fmt.Errorf("there is no job %q: 'sunday jobs' lists them", args[0])}
				}
				if err != nil {
					return fmt.Errorf("job %s: %w", args[0], err)
				}
				_, err = fmt.Fprintf(p.out, "%s: done\n", args[0])
				return err
			})
		},
	}
}
