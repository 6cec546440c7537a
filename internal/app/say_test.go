package app_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/fault"
)

func TestSay(t *testing.T) {
	t.Parallel()
	var check fault.Check
	check.Add("login", "account.login_taken")
	check.Add("name", "required")
	broken := fault.New(fault.Internal, "store.broken").Because(errors.New("a secret of the driver"))
	for want, err := range map[string]error{
		"cannot listen": errors.New("cannot listen"),
		"open the database in data: it is damaged, or no database of this program; put a copy back, or name another folder in SUNDAY_DATA": fmt.Errorf("open the database in data: %w", broken),
		"login: This login is taken.\nname: Please fill this in.":                                                                          check.Err(),
		"add: This account is disabled.":   fmt.Errorf("add: %w", fault.New(fault.Conflict, "account.disabled")),
		"job: internal: outreach.template": fmt.Errorf("job: %w", fault.New(fault.Internal, "outreach.template")),
	} {
		if got := app.Say(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got, want := app.SayIn("pl", check.Err()), "login: "; !strings.HasPrefix(got, want) || got == app.Say(check.Err()) {
		t.Errorf("in Polish: %q", got)
	}
}
