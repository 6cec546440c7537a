package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

func (p *program) backup() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "backup FILE", Short: "Write the database as it is now into a new file, while it is in use", Args: exactly(1, "the FILE to write"),
		Long: `Writes a consistent copy of the database into one new file, checks it, and only
then gives it its name. Processes go on reading and writing meanwhile. The secret
is not in it: keep it apart. With MongoDB use its own tools.`,
		RunE: func(c *cobra.Command, args []string) error {
			config, err := p.config()
			if err != nil {
				return err
			}
			bar := newBar(p.errOut)
			made, err := app.WriteBackup(c.Context(), config, args[0], func(written, about int64) {
				bar.show("backup", int(written>>10), int(about>>10))
			})
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(p.out).Encode(made)
			}
			_, err = fmt.Fprintf(p.out, `Backed up to %s: %.1f MB, as of %s. It is whole.
The secret is not in it: keep a copy of %s apart from it, without which nobody reads the addresses in it.
`, made.File, float64(made.Bytes)/1e6, made.At.Format(time.RFC3339), made.KeepApart)
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (p *program) restore() *cobra.Command {
	var force, asJSON bool
	c := &cobra.Command{
		Use: "restore FILE", Short: "Put a backup in the place of the database, held", Args: exactly(1, "the backup's FILE"),
		Long: `Checks a backup of 'sunday backup' and makes it the database of SUNDAY_DATA. All
sending is held until 'sunday release', which replays the journal of what people
refused since. Every process has to be stopped.`,
		RunE: func(c *cobra.Command, args []string) error {
			config, err := p.config()
			if err != nil {
				return err
			}
			done, err := app.RestoreBackup(c.Context(), config, args[0], force)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(p.out).Encode(done)
			}
			if done.Kept != "" {
				if _, err := fmt.Fprintf(p.out, "The database that was there is kept as %s.\n", done.Kept); err != nil {
					return err
				}
			}
			_, err = fmt.Fprintf(p.out, `Restored to %s, as of %s. Sending is held.
Start it, look at it, and then run 'sunday release --journal FILE'.
`, done.Path, done.At.Format(time.RFC3339))
			return err
		},
	}
	c.Flags().BoolVar(&force, "force", false, "replace a database that is there, and keep it beside the restored one")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}
