package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

func (p *program) account() *cobra.Command {
	c := &cobra.Command{Use: "account", Short: "Make staff accounts and their API tokens", Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(p.accountAdd(), p.accountToken())
	return c
}

func (p *program) accountAdd() *cobra.Command {
	var in app.NewAccount
	c := &cobra.Command{
		Use: "add LOGIN", Short: "Make an account with roles on a unit", Args: exactly(1, "one LOGIN"),
		Example: "  sunday account add lan --name 'Trần Thị Lan' --unit 24787 --role organizer",
		RunE: func(c *cobra.Command, args []string) error {
			in.Login = args[0]
			return p.with(c.Context(), func(a *app.App) error {
				made, err := a.AddAccount(c.Context(), in)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(p.out, "Account %s (%s) is there. 'sunday account token %s' gives it an API token.\n", made.Login, made.ID, made.Login)
				return err
			})
		},
	}
	c.Flags().StringVar(&in.Name, "name", "", "the person's name")
	c.Flags().StringVar(&in.Unit, "unit", "", "the unit, by the state's code or by id")
	c.Flags().StringSliceVar(&in.Roles, "role", nil, "roles on that unit, such as organizer,approver")
	return c
}

func (p *program) accountToken() *cobra.Command {
	var label string
	var scopes []string
	var days int
	c := &cobra.Command{
		Use: "token LOGIN", Short: "Make an API token for an account; it is shown once", Args: exactly(1, "one LOGIN"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.with(c.Context(), func(a *app.App) error {
				token, err := a.AddToken(c.Context(), args[0], label, scopes, days)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(p.out, token)
				return err
			})
		},
	}
	c.Flags().StringVar(&label, "label", "command line", "what to call it")
	c.Flags().StringSliceVar(&scopes, "scope", nil, "scopes, all if not given: "+strings.Join(app.TokenScopes(), ", "))
	c.Flags().IntVar(&days, "days", 90, "days until it expires, 1 to 365")
	return c
}
