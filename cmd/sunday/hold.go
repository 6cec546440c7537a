package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

func (p *program) hold() *cobra.Command {
	var unit, reason string
	var list bool
	c := &cobra.Command{
		Use: "hold", Short: "Stop all sending, or that of one unit; list what is held", Args: exactly(0),
		Long: `Stops sending, within seconds and on every worker, until 'sunday release'.
Nothing is lost: what is still useful then goes out, what is too late expires.`,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.with(c.Context(), func(a *app.App) error {
				if list {
					return p.printHolds(c, a)
				}
				if err := a.Hold(c.Context(), unit, reason); err != nil {
					return err
				}
				_, err := fmt.Fprintln(p.out, "Sending is held. 'sunday release' lifts it.")
				return err
			})
		},
	}
	c.Flags().StringVar(&unit, "unit", "", "id of the unit to hold; everything if not given")
	c.Flags().StringVar(&reason, "reason", "", "why, for those who see it")
	c.Flags().BoolVar(&list, "list", false, "only list what is held")
	return c
}

func (p *program) printHolds(c *cobra.Command, a *app.App) error {
	holds, err := a.Holds(c.Context())
	if err != nil {
		return err
	}
	if len(holds) == 0 {
		_, err = fmt.Fprintln(p.out, "Nothing is held.")
		return err
	}
	for _, h := range holds {
		what := "everything"
		if h.Unit != "" {
			what = "unit " + h.Unit
		}
		if _, err := fmt.Fprintf(p.out, "%s: %s (by %s)\n", what, orDash(h.Reason), h.By); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) release() *cobra.Command {
	var unit string
	c := &cobra.Command{
		Use: "release", Short: "Lift a hold", Args: exactly(0),
		Long: `Lifts the hold of everything, or of one unit. A copied database is held when it
is opened: releasing it says that this copy is now the one that sends.`,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.with(c.Context(), func(a *app.App) error {
				was, err := a.Release(c.Context(), unit)
				if err != nil {
					return err
				}
				word := "Released: sending goes on."
				if !was {
					word = "Nothing was held there."
				}
				_, err = fmt.Fprintln(p.out, word)
				return err
			})
		},
	}
	c.Flags().StringVar(&unit, "unit", "", "id of the unit to release; everything if not given")
	return c
}
