package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

func (p *program) hold() *cobra.Command {
	var unit, reason, restored string
	var list bool
	c := &cobra.Command{
		Use: "hold", Short: "Stop all sending, or that of one unit; list what is held", Args: exactly(0),
		Long: `Stops sending, within seconds and on every worker, until 'sunday release'.
Nothing is lost: what is still useful then goes out, what is too late expires.`,
		RunE: func(c *cobra.Command, _ []string) error {
			from, err := past("--restored-at", restored)
			if err != nil {
				return err
			}
			if unit != "" && restored != "" {
				return usageError{errors.New("--restored-at holds everything: it goes without --unit")}
			}
			return p.with(c.Context(), func(a *app.App) error {
				if list {
					return p.printHolds(c, a)
				}
				if !from.IsZero() {
					if err := a.HoldRestored(c.Context(), from); err != nil {
						return err
					}
				} else if err := a.Hold(c.Context(), unit, reason); err != nil {
					return err
				}
				if unit != "" {
					_, err := fmt.Fprintf(p.out, "Sending of %[1]s is held. 'sunday release --unit %[1]s' lifts it.\n", unit)
					return err
				}
				_, err := fmt.Fprintln(p.out, "Sending is held. 'sunday release' lifts it.")
				return err
			})
		},
	}
	c.Flags().StringVar(&unit, "unit", "", "the unit to hold, by the state's code or by id; everything if not given")
	c.Flags().StringVar(&reason, "reason", "", "why, for those who see it")
	c.Flags().StringVar(&restored, "restored-at", "", "time of the backup from which other tools restored the database, such as 2026-11-27T09:00:00Z")
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
		if h.Name != "" {
			what += ", " + h.Name
		}
		at := time.UnixMilli(int64(h.At))
		if _, err := fmt.Fprintf(p.out, "%s: %s (by %s, since %s)\n", what, orDash(h.Reason), h.By, moment(&at)); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) release() *cobra.Command {
	var r app.Release
	var from string
	var asJSON bool
	c := &cobra.Command{
		Use: "release", Short: "Lift a hold", Args: exactly(0),
		Long: `Lifts the hold of everything, or of one unit. A copied or restored database is
held when it is opened: releasing it says that it is now the one that sends. A
restored one needs --journal, whose refusals are replayed, or --no-journal; what
fell due since the backup becomes unknown, and its rule decides.`,
		RunE: func(c *cobra.Command, _ []string) error {
			var err error
			if r.RestoredFrom, err = past("--restored-from", from); err != nil {
				return err
			}
			if r.NoJournal && len(r.Journals) > 0 {
				return usageError{errors.New("--journal and --no-journal contradict each other")}
			}
			config, err := p.config()
			if err != nil {
				return err
			}
			if len(r.Journals) == 0 && config.Journal != "" && !r.NoJournal {
				r.Journals = []string{config.Journal}
			}
			// a copy stays held where one unit is released, which is worth saying
			o := app.Options{Releasing: r.Unit == ""}
			return p.withOptions(c.Context(), o, func(a *app.App) error {
				done, err := a.ReleaseWith(c.Context(), r)
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(p.out).Encode(done)
				}
				return p.printReleased(done)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&r.Unit, "unit", "", "the unit to release, by the state's code or by id; everything if not given")
	f.StringArrayVar(&r.Journals, "journal", nil, "journal to replay into a restored database, SUNDAY_JOURNAL if not given; may be given again")
	f.BoolVar(&r.NoJournal, "no-journal", false, "say that a restored database has no journal, or that nobody ever refused anything")
	f.StringVar(&from, "restored-from", "", "time of the backup of a database that other tools restored, such as 2026-11-27T09:00:00Z")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (p *program) printReleased(done app.Released) error {
	if done.RestoredFrom != nil {
		r := done.Replayed
		_, err := fmt.Fprintf(p.out, `Restored from the backup of %s.
Journal: %d lines about %d contacts and residents; %d refuse again, %d erased again, %d were so already, %d unknown here.
%d messages were due since and may have been sent: they are unknown, and their rules decide.
`, done.RestoredFrom.Format(time.RFC3339), r.Lines, r.Things, r.Refused, r.Erased, r.Known, r.Absent, done.Doubted)
		if err != nil {
			return err
		}
	}
	word := "Released: sending goes on."
	if !done.Was {
		word = "Nothing was held there: 'sunday hold --list' says what is."
	}
	_, err := fmt.Fprintln(p.out, word)
	return err
}

// past reads the time of a flag, the zero time where it is not given.
func past(flag, value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return t, usageError{fmt.Errorf("%s is a time such as 2026-11-27T09:00:00Z, not %q", flag, value)}
	}
	return t, nil
}
