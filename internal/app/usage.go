package app

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/table"
)

// What is wrong with a command line is said before a database is opened, or made:
// these look at nothing else.

var (
	errNoUnit = errors.New("a unit is needed: --unit CODE, the state's code such as 68 for the province of Lam Dong")
	// errNobody: nobody answers for what is done with people's data.
	errNobody = fault.New(fault.Invalid, "command.as")
)

// Check names what no account could be made of.
func (in NewAccount) Check() error {
	if in.Unit == "" {
		return errNoUnit
	}
	for _, name := range in.Roles {
		if !slices.Contains(Roles(), name) {
			return fmt.Errorf("there is no role %q: there are %s", name, strings.Join(Roles(), ", "))
		}
	}
	var c fault.Check
	account.CheckLogin(&c, "login", in.Login)
	if in.Name != "" {
		if _, err := account.CheckLine(&c, "name", in.Name); err != nil {
			return err
		}
	}
	if err := account.CheckAddress(&c, "address", in.Address); err != nil {
		return err
	}
	return c.Err()
}

// CheckAddress names what is wrong with the form of an e-mail address; none is
// right.
func CheckAddress(typed string) error {
	var c fault.Check
	if err := account.CheckAddress(&c, "address", typed); err != nil {
		return err
	}
	return c.Err()
}

// NewToken is an API token as the command line makes it.
type NewToken struct {
	Login, Label string
	// Scopes are all if empty.
	Scopes []string
	// Days is for how long it is valid.
	Days int
}

// maxTokenDays is account.MaxTokenLife in days.
const maxTokenDays = int(account.MaxTokenLife / (24 * time.Hour))

// Check names what no token could be made of.
func (in NewToken) Check() error {
	for _, name := range in.Scopes {
		if !slices.Contains(TokenScopes(), name) {
			return fmt.Errorf("there is no scope %q: there are %s", name, strings.Join(TokenScopes(), ", "))
		}
	}
	if in.Days < 1 || in.Days > maxTokenDays {
		return fmt.Errorf("--days is from 1 to %d, not %d", maxTokenDays, in.Days)
	}
	var c fault.Check
	if _, err := account.CheckLine(&c, "label", in.Label); err != nil {
		return err
	}
	return c.Err()
}

// Check names what no list could be read by. People are taken over by somebody who
// answers for it.
func (in ImportList) Check(people bool) error {
	if people && in.As == "" {
		return errNobody
	}
	return nil
}

// exportFormats are the endings of files that lists are written into, each with its
// format.
var exportFormats = map[string]string{".csv": table.CSV, ".xlsx": table.XLSX}

// format is what the file's ending says, "" where it says nothing that is known.
func (in ExportList) format() string {
	return exportFormats[strings.ToLower(filepath.Ext(in.File))]
}

// Check names what no list could be written by.
func (in ExportList) Check() error {
	switch {
	case in.format() == "":
		return fmt.Errorf("the FILE's name ends in .csv or .xlsx, which says what is written, not in %q", filepath.Ext(in.File))
	case in.As == "":
		return errNobody
	case in.Unit == "":
		return errNoUnit
	case !slices.Contains(ExportReasons(), in.Reason):
		return fmt.Errorf("--reason is one of %s: the log keeps it", strings.Join(ExportReasons(), ", "))
	case !in.From.IsZero() && !in.Until.IsZero() && !in.From.Before(in.Until):
		return errors.New("--from is a day after --until, so there could be no event: change one of them")
	}
	return nil
}
