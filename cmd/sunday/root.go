package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
)

// program is what every command needs of its surroundings.
type program struct {
	environ     []string
	out, errOut io.Writer
}

func newRoot(p *program) *cobra.Command {
	root := &cobra.Command{
		Use:   "sunday",
		Short: "Plan Sundays with the people, remind them, and hear how it was",
		Long: `Sunday schedules events of local government with residents, reminds those who
come, asks how it was, and scores units by what they did.

Try it:        sunday demo
Run it:        sunday run
Settings are environment variables; docs/configuration.md lists them.`,
		SilenceErrors: true, SilenceUsage: true,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command %q", args[0])}
			}
			return c.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{sayFlag(err)} })
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		p.demo(), p.run(), p.serve(), p.worker(), p.jobs(), p.job(), p.hold(), p.release(), p.backup(), p.restore(), p.account(), p.importLists(), p.export(), p.doctor(), p.bench(), p.simulate(), p.versionCommand(),
	)
	return root
}

// sayFlag names what a flag takes, where it was given something else.
func sayFlag(err error) error {
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) {
		return err
	}
	takes := map[string]string{
		"int": "a whole number", "uint64": "a whole number that is not negative", "float64": "a number", "bool": "true or false",
	}[bad.GetFlag().Value.Type()]
	if takes == "" {
		return err
	}
	return fmt.Errorf("--%s is %s, not %q", bad.GetFlag().Name, takes, bad.GetValue())
}

// exactly is cobra.ExactArgs with an error that counts as wrong usage.
func exactly(n int, names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			if n == 0 {
				return usageError{fmt.Errorf("takes no argument, got %q", args[0])}
			}
			return usageError{fmt.Errorf("takes %s", strings.Join(names, " "))}
		}
		return nil
	}
}

// config reads the environment.
func (p *program) config() (config.Config, error) {
	c, err := config.Load(p.environ)
	if err != nil {
		return c, fmt.Errorf("settings:\n%w", err)
	}
	return c, nil
}

// scratchServer is the MongoDB server of the environment, "" for none: to make
// databases on that are dropped again, each with a secret of its own.
func (p *program) scratchServer() (string, error) {
	of := []string{"SUNDAY_SECRET=of nothing that outlives the command"}
	for _, v := range p.environ {
		if strings.HasPrefix(v, "SUNDAY_MONGODB_URI") {
			of = append(of, v)
		}
	}
	c, err := config.Load(of)
	if err != nil {
		return "", fmt.Errorf("settings:\n%w", err)
	}
	return string(c.MongoURI), nil
}

func (p *program) logger(c config.Config) *slog.Logger {
	return slog.New(slog.NewTextHandler(p.errOut, &slog.HandlerOptions{Level: c.LogLevel}))
}

// with opens the program on the configured store, does one thing and closes it.
func (p *program) with(ctx context.Context, do func(a *app.App) error) error {
	return p.withOptions(ctx, app.Options{}, do)
}

// withOptions is with of more than the configuration says.
func (p *program) withOptions(ctx context.Context, o app.Options, do func(a *app.App) error) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	o.Config, o.Version, o.Log, o.Locks = c, version, p.logger(c), true
	a, err := app.Open(ctx, o)
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: exactly(0),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(p.out, "sunday", version)
			return err
		},
	}
}
