package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

func (p *program) account() *cobra.Command {
	c := &cobra.Command{Use: "account", Short: "Make staff accounts, their links, addresses and API tokens", Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(p.accountAdd(), p.accountLink(), p.accountPassword(), p.accountAddress(), p.accountSecondOff(), p.accountToken())
	return c
}

func (p *program) accountAdd() *cobra.Command {
	var in app.NewAccount
	var typed bool
	c := &cobra.Command{
		Use: "add LOGIN", Short: "Make an account with roles on a unit", Args: exactly(1, "one LOGIN"),
		Example: "  sunday account add lan --name 'Trần Thị Lan' --unit 24787 --role organizer",
		RunE: func(c *cobra.Command, args []string) (err error) {
			in.Login = args[0]
			if typed && in.Address != "" {
				return usageError{errors.New("--password-stdin prints no link that could be mailed: it goes without --address")}
			}
			if err := usage(in.Check()); err != nil {
				return err
			}
			if typed {
				if in.Password, err = readPassword(c.InOrStdin()); err != nil {
					return err
				}
			}
			return p.with(c.Context(), func(a *app.App) error {
				made, err := a.AddAccount(c.Context(), in)
				if err != nil {
					return err
				}
				return p.printAccount(c.Context(), a, made.Login, in.Address, typed)
			})
		},
	}
	c.Flags().StringVar(&in.Name, "name", "", "the person's name")
	c.Flags().StringVar(&in.Unit, "unit", "", "the unit, by the state's code or by id; required")
	c.Flags().StringSliceVar(&in.Roles, "role", nil, "roles on that unit, with commas between them: "+strings.Join(app.Roles(), ", "))
	c.Flags().BoolVar(&typed, "password-stdin", false, "take the password from the first line of standard input, instead of printing a link")
	c.Flags().StringVar(&in.Address, "address", "", mailedToo)
	return c
}

// mailsWait is what is to be known of a mail that a command asked for.
const mailsWait = "Mails go out where 'sunday run' or 'sunday worker' runs, and nothing is held."

// mailedToo is what an address beside a link is for.
const mailedToo = "e-mail address that the link is mailed to as well; whoever sets the password by that mail has confirmed it"

func (p *program) printAccount(ctx context.Context, a *app.App, login, address string, typed bool) error {
	if typed {
		_, err := fmt.Fprintf(p.out, "Account %s is there and signs in at %s/staff/\n", login, a.BaseURL())
		return err
	}
	link, mailed, err := a.AccountLink(ctx, login, address)
	if err != nil {
		return err
	}
	also := ""
	if mailed {
		also = "It is also mailed. " + mailsWait + "\n"
	}
	_, err = fmt.Fprintf(p.out, "Account %s is there. Give its owner this link, which sets the password once and works for 7 days:\n%s\n%s", login, link, also)
	return err
}

func (p *program) accountLink() *cobra.Command {
	var address string
	c := &cobra.Command{
		Use: "link LOGIN", Short: "Make a link that sets an account's password, the first or a new one", Args: exactly(1, "one LOGIN"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := usage(app.CheckAddress(address)); err != nil {
				return err
			}
			return p.with(c.Context(), func(a *app.App) error {
				link, mailed, err := a.AccountLink(c.Context(), args[0], address)
				if err != nil {
					return err
				}
				if mailed {
					_, err = fmt.Fprintln(p.errOut, "The link is also mailed. "+mailsWait)
				}
				_, printed := fmt.Fprintln(p.out, link)
				return errors.Join(err, printed)
			})
		},
	}
	c.Flags().StringVar(&address, "address", "", mailedToo)
	return c
}

func (p *program) accountPassword() *cobra.Command {
	return &cobra.Command{
		Use: "password LOGIN", Short: "Set an account's password from standard input", Args: exactly(1, "one LOGIN"),
		Example: "  sunday account password lan < password.txt",
		RunE: func(c *cobra.Command, args []string) error {
			password, err := readPassword(c.InOrStdin())
			if err != nil {
				return err
			}
			return p.with(c.Context(), func(a *app.App) error {
				if err := a.SetPassword(c.Context(), args[0], password); err != nil {
					return err
				}
				_, err := fmt.Fprintf(p.out, "The password of %s is set; whoever was signed in with the old one is signed out.\n", args[0])
				return err
			})
		},
	}
}

func (p *program) accountAddress() *cobra.Command {
	var remove bool
	c := &cobra.Command{
		Use: "address LOGIN [ADDRESS]", Short: "Give an account an e-mail address, which its owner confirms, or take it away",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return usageError{errors.New("takes one LOGIN, and an ADDRESS or none")}
			}
			return nil
		},
		Long: `Has a mail go to the address; it is the account's once the link in that mail was
followed, within 7 days. An address that the account's owner has confirmed is
changed by its owner alone, or taken away first. Without an ADDRESS the command
says whether there is one, and not which.`,
		Example: "  sunday account address lan lan@example.org\n  sunday account address lan --remove",
		RunE: func(c *cobra.Command, args []string) error {
			if remove && len(args) > 1 {
				return usageError{errors.New("an ADDRESS and --remove do not go together")}
			}
			if len(args) > 1 {
				if err := usage(app.CheckAddress(args[1])); err != nil {
					return err
				}
			}
			return p.with(c.Context(), func(a *app.App) error {
				said, err := changeAddress(c.Context(), a, args, remove)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(p.out, said)
				return err
			})
		},
	}
	c.Flags().BoolVar(&remove, "remove", false, "have the account be mailed nowhere")
	return c
}

// changeAddress does what the arguments say, and says in words what it did.
func changeAddress(ctx context.Context, a *app.App, args []string, remove bool) (string, error) {
	login := args[0]
	switch {
	case remove:
		return login + " has no address now.", a.TakeAddress(ctx, login)
	case len(args) > 1:
		return "A mail asks whether the address is that of " + login + "; it is once the link in it was followed, within 7 days. " + mailsWait, a.GiveAddress(ctx, login, args[1])
	}
	state, err := a.AccountAddress(ctx, login)
	var said []string
	if state.Confirmed {
		said = append(said, "has a confirmed address")
	}
	if state.Waiting {
		said = append(said, "has one that waits to be confirmed")
	}
	if state.Refused {
		said = append(said, "the mail server refuses it")
	}
	if len(said) == 0 {
		said = []string{"has no address"}
	}
	return login + " " + strings.Join(said, "; ") + ".", err
}

func (p *program) accountSecondOff() *cobra.Command {
	return &cobra.Command{
		Use: "second-off LOGIN", Short: "Take the second step off an account whose owner lost the phone and the recovery codes", Args: exactly(1, "one LOGIN"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.with(c.Context(), func(a *app.App) error {
				had, err := a.RemoveSecond(c.Context(), args[0])
				if err != nil {
					return err
				}
				says := "%s signs in with the password alone; whoever was signed in is signed out.\n"
				if !had {
					says = "%s has no second step: nothing was changed, and nobody is signed out.\n"
				}
				_, err = fmt.Fprintf(p.out, says, args[0])
				return err
			})
		},
	}
}

// readPassword reads the first line: a flag would stand in the list of
// processes, and in the shell's history.
func readPassword(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, maxPasswordBytes)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("the password cannot be read from standard input: %w", err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.New("no password: write it to standard input, one line")
	}
	return line, nil
}

// maxPasswordBytes is more than any password may have.
const maxPasswordBytes = 4096

func (p *program) accountToken() *cobra.Command {
	var in app.NewToken
	c := &cobra.Command{
		Use: "token LOGIN", Short: "Make an API token for an account; it is shown once", Args: exactly(1, "one LOGIN"),
		RunE: func(c *cobra.Command, args []string) error {
			in.Login = args[0]
			if err := usage(in.Check()); err != nil {
				return err
			}
			return p.with(c.Context(), func(a *app.App) error {
				token, err := a.AddToken(c.Context(), in)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(p.out, token)
				return err
			})
		},
	}
	c.Flags().StringVar(&in.Label, "label", "command line", "what to call it")
	c.Flags().StringSliceVar(&in.Scopes, "scope", nil, "scopes, all if not given: "+strings.Join(app.TokenScopes(), ", "))
	c.Flags().IntVar(&in.Days, "days", 90, "days until it expires, 1 to 365")
	return c
}
