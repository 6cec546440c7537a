package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// cli is who acts on the command line: whoever may run it may read the
// database anyway.
var cli = actor.System("cli")

// Hold stops the sending of a unit, by the state's code or its id, or of
// everything where none is named.
func (a *App) Hold(ctx context.Context, codeOrID, reason string) error {
	h := notifications.Hold{Reason: reason, By: "cli", At: a.millis()}
	if codeOrID != "" {
		u, err := a.findUnit(ctx, codeOrID)
		if err != nil {
			return err
		}
		h.Unit = u.ID
	}
	return a.store.Holds.Hold(ctx, h)
}

// Held is a hold as people know it.
type Held struct {
	// Unit is what `sunday release --unit` takes: the state's code, or the id of a
	// unit without one; "" for everything. Name is in Vietnamese, "" for a unit
	// that is not there.
	Unit, Name string
	Reason, By string
	At         notifications.Millis
}

// Holds lists what is held.
func (a *App) Holds(ctx context.Context) ([]Held, error) {
	holds, err := a.store.Holds.List(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Held, len(holds))
	for i, h := range holds {
		all[i] = Held{Unit: h.Unit, Reason: h.Reason, By: h.By, At: h.At}
		if h.Unit == "" {
			continue
		}
		u, err := a.store.Units.Get(ctx, h.Unit)
		if err := record.IgnoreAbsent(err); err != nil {
			return nil, err
		}
		all[i].Unit, all[i].Name = cmp.Or(u.Code, h.Unit), u.Name("vi")
	}
	return all, nil
}

// NewAccount is an account as the command line makes it.
type NewAccount struct {
	Login, Name string
	// Unit is the state's code or an id.
	Unit  string
	Roles []string
	// Password is optional: without one the account needs a link (AccountLink).
	Password string
	// Address is optional, and one that the link is to be mailed to: it is looked at
	// before there is an account.
	Address string
}

// AddAccount makes an account and grants it the roles on its unit.
func (a *App) AddAccount(ctx context.Context, in NewAccount) (account.Account, error) {
	if err := in.Check(); err != nil {
		return account.Account{}, err // before there is an account without its roles
	}
	u, err := a.findUnit(ctx, in.Unit)
	if err != nil {
		return account.Account{}, err
	}
	if in.Name == "" {
		in.Name = in.Login
	}
	if in.Password != "" {
		var c fault.Check
		account.CheckPassword(&c, "password", in.Password, strings.ToLower(in.Login))
		if err := c.Err(); err != nil {
			return account.Account{}, err // before there is an account without one
		}
	}
	if err := a.Services.Access.CheckAddress(in.Address); err != nil {
		return account.Account{}, err
	}
	made, err := a.Services.Accounts.Create(ctx, cli, account.Draft{Login: in.Login, Name: in.Name, Unit: u.ID})
	if err != nil {
		return made, err
	}
	for _, role := range in.Roles {
		grant := actor.Grant{Role: actor.Role(role), Unit: u.ID}
		if made, err = a.Services.Accounts.Grant(ctx, cli, made.ID, grant); err != nil {
			return made, err
		}
	}
	if in.Password != "" {
		return made, a.Services.Access.SetPassword(ctx, cli, made.ID, in.Password)
	}
	return made, nil
}

// AccountLink makes a link by which the account's owner sets a password: the
// first one, or another where it is lost. The link before it works no more. It is
// also mailed to the account's address, or to the given one where it has confirmed
// none; mailed says so.
func (a *App) AccountLink(ctx context.Context, login, address string) (link string, mailed bool, err error) {
	acc, err := a.accountOf(ctx, login)
	if err != nil {
		return "", false, err
	}
	invited, err := a.Services.Access.Invite(ctx, cli, acc.ID, address)
	return a.base + account.PasswordPath + invited.Token, invited.Mailed, err
}

// AccountAddress says whether the account has an address, and not which.
func (a *App) AccountAddress(ctx context.Context, login string) (account.AddressState, error) {
	acc, err := a.accountOf(ctx, login)
	if err != nil {
		return account.AddressState{}, err
	}
	return a.Services.Access.AddressOf(ctx, cli, acc.ID)
}

// GiveAddress has the account's owner confirm an address by the link in a mail.
func (a *App) GiveAddress(ctx context.Context, login, address string) error {
	acc, err := a.accountOf(ctx, login)
	if err != nil {
		return err
	}
	_, err = a.Services.Access.GiveAddress(ctx, cli, acc.ID, address)
	return err
}

// TakeAddress has the account be mailed nowhere.
func (a *App) TakeAddress(ctx context.Context, login string) error {
	acc, err := a.accountOf(ctx, login)
	if err != nil {
		return err
	}
	return a.Services.Access.TakeAddress(ctx, cli, acc.ID)
}

// SetPassword sets the account's password, which ends its sessions.
func (a *App) SetPassword(ctx context.Context, login, password string) error {
	acc, err := a.accountOf(ctx, login)
	if err != nil {
		return err
	}
	return a.Services.Access.SetPassword(ctx, cli, acc.ID, password)
}

// RemoveSecond takes the second step off the account, which ends its sessions, and
// reports whether there was one.
func (a *App) RemoveSecond(ctx context.Context, login string) (had bool, err error) {
	acc, err := a.accountOf(ctx, login)
	if err != nil {
		return false, err
	}
	second, err := a.Services.Access.SecondOf(ctx, cli, acc.ID)
	if err != nil || !second.On {
		return false, err
	}
	return true, a.Services.Access.RemoveSecond(ctx, cli, acc.ID)
}

func (a *App) accountOf(ctx context.Context, login string) (account.Account, error) {
	acc, err := a.Services.Accounts.ByLogin(ctx, cli, login)
	if errors.Is(err, record.ErrAbsent) {
		return acc, fmt.Errorf("there is no account %q: 'sunday account add' makes one", login)
	}
	return acc, err
}

// AddToken makes an API token for an account and returns it; only its hash is kept.
func (a *App) AddToken(ctx context.Context, in NewToken) (string, error) {
	acc, err := a.accountOf(ctx, in.Login)
	if err != nil {
		return "", err
	}
	if len(in.Scopes) == 0 {
		in.Scopes = account.Scopes()
	}
	plain, _, err := a.Services.Accounts.IssueToken(ctx, cli, account.TokenDraft{
		Account: acc.ID, Label: in.Label, Scopes: in.Scopes, ExpiresAt: a.Now().Add(time.Duration(in.Days) * 24 * time.Hour),
	})
	return plain, err
}

// Roles is the closed list of roles.
func Roles() []string {
	var out []string
	for _, role := range actor.Roles() {
		out = append(out, string(role))
	}
	return out
}

// TokenScopes is the closed list of scopes.
func TokenScopes() []string { return account.Scopes() }

func (a *App) findUnit(ctx context.Context, codeOrID string) (unit.Unit, error) {
	u, err := a.store.Units.ByCode(ctx, codeOrID)
	if errors.Is(err, record.ErrAbsent) {
		u, err = a.store.Units.Get(ctx, codeOrID)
	}
	return u, noUnit(err, codeOrID)
}

// errNoSuchUnit: no unit has the code or id.
var errNoSuchUnit = fault.New(fault.NotFound, "command.unit")

func noUnit(err error, name string) error {
	if errors.Is(err, record.ErrAbsent) {
		return errNoSuchUnit.With("unit", name)
	}
	return err
}
