package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sunday-with-the-people/sunday/internal/sim/load"
)

func (p *program) benchPlan() *cobra.Command {
	var f benchStore
	var rows int
	c := &cobra.Command{
		Use: "plan", Short: "Plan rows of events with 1,000 registrations each, beside the raw limit of inserting them", Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if rows < 2 {
				return usageError{fmt.Errorf("--rows is 2 or more")}
			}
			o, err := p.benchOptions(f)
			if err != nil {
				return err
			}
			r, err := load.Plan(c.Context(), load.PlanOptions{Options: o, Rows: rows})
			if err != nil {
				return fmt.Errorf("bench plan: %w", err)
			}
			if f.asJSON {
				return json.NewEncoder(p.out).Encode(r)
			}
			w := newLines(p.out)
			w.linef("rows", "%d, %s", r.Rows, r.Store)
			w.linef("planned", "%.0f a second, all after %.2f s", r.PerSecond, r.Seconds)
			w.usage(r.Usage, r.CPUMicros)
			w.linef("inserting", "%.0f a second", r.RawPerSecond)
			w.linef("share", "%.2f of inserting alone", r.Share)
			return w.err
		},
	}
	c.Flags().IntVar(&rows, "rows", 1_000_000, "how many rows, two for each registration")
	f.flags(c)
	return c
}
