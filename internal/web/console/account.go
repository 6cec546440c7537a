package console

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
)

// accountView is one's own account.
type accountView struct {
	assets.Page
	Login, Name string
	Grants      []grantView
	Sessions    []sessionView
	Second      account.Second
	Address     account.Address
	// Mails says that mails can be sent here.
	Mails   bool
	Locales []choiceView
	Locale  string
	Min     int
	Wrongs  problem.Wrongs
	// Typed is the address that was, or that is to be confirmed once more.
	Typed string
}

type sessionView struct {
	ID, Device, Since, Seen string
	This                    bool
}

// account shows one's own roles and sessions, and changes language and password.
func (p *site) account(c *gin.Context, _ actor.Actor) error {
	v, err := p.accountView(c)
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "account", v)
}

func (p *site) accountView(c *gin.Context) (accountView, error) {
	ctx := c.Request.Context()
	who, _ := signed(c)
	n := p.names(ctx)
	home, err := n.unit(who.Account.Unit)
	if err != nil {
		return accountView{}, err
	}
	v := accountView{
		Page: p.page(c, n.t.Text("account.title", nil), accountPath), Login: who.Account.Login, Name: who.Account.Name,
		Min: account.MinPasswordRunes, Locale: who.Account.Locale,
	}
	for _, lang := range []string{"vi", "en", "pl"} {
		v.Locales = append(v.Locales, choiceView{lang, n.t.Text("page.language."+lang, nil)})
	}
	if v.Grants, err = n.grants(who.Account, home.Zone); err != nil {
		return accountView{}, err
	}
	if v.Second, err = p.s.Access.OwnSecond(ctx, who); err != nil {
		return accountView{}, err
	}
	v.Mails = p.s.Access.Post.On()
	if v.Address, err = p.s.Access.OwnAddress(ctx, who); err != nil {
		return accountView{}, err
	}
	v.Typed = v.Address.Lapsed // asking again for its mail takes the password alone
	list, err := p.s.Access.OwnSessions(ctx, who)
	for _, one := range list {
		v.Sessions = append(v.Sessions, sessionView{
			ID: one.ID, Device: n.device(one.Device), This: one.ID == who.Session.ID,
			Since: n.t.FormatDate(calendar.InZone(one.CreatedAt, home.Zone)), Seen: n.t.FormatDate(calendar.InZone(one.SeenAt, home.Zone)),
		})
	}
	return v, err
}

// device names browser and system as they call themselves.
func (n *names) device(words string) string {
	browser, system, _ := strings.Cut(words, " ")
	if brands[browser] == "" && brands[system] == "" {
		return n.t.Text("account.device.other", nil)
	}
	return n.t.Text("account.device", map[string]any{"browser": n.brand(browser), "system": n.brand(system)})
}

// brands are names that are the same in every language.
var brands = map[string]string{
	"edge": "Edge", "opera": "Opera", "coccoc": "Cốc Cốc", "samsung": "Samsung Internet", "firefox": "Firefox", "chrome": "Chrome", "safari": "Safari",
	"android": "Android", "ios": "iOS", "windows": "Windows", "macos": "macOS", "chromeos": "ChromeOS", "linux": "Linux",
}

func (n *names) brand(word string) string {
	if name := brands[word]; name != "" {
		return name
	}
	return n.t.Text("account.device.other", nil)
}

// setLocale chooses the language of one's pages.
func (p *site) setLocale(c *gin.Context, act actor.Actor) error {
	if _, err := p.s.Accounts.SetLocale(c.Request.Context(), act, c.PostForm("locale")); err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, accountPath+"?done=saved")
	return nil
}

// changePassword takes the one before and a new one. Guesses of the one before
// count as those of signing in do.
func (p *site) changePassword(c *gin.Context, _ actor.Actor) error {
	v, err := p.accountView(c)
	if err != nil {
		return err
	}
	if c.PostForm("password") != c.PostForm("again") {
		v.Wrongs = problem.Wrongs{{Control: accountControls(v.Texts)("password"), Message: v.T("staff.password.differ")}}
		return p.render(c, http.StatusUnprocessableEntity, "account", v)
	}
	who, _ := signed(c)
	var fresh account.Signed
	err = p.withPassword(c, func(ctx context.Context, current string) (err error) {
		fresh, err = p.s.Access.ChangePassword(ctx, who, current, c.PostForm("password"), device(c))
		return err
	})
	if err != nil {
		return p.accountWrong(c, v, err, "current", "password")
	}
	p.setCookie(c, fresh.Token)
	c.Redirect(http.StatusSeeOther, p.keep(c, accountPath+"?done=password"))
	return nil
}

// accountWrong shows the page again with what was wrong: the password until now in
// one field, or what was to take a place in another.
func (p *site) accountWrong(c *gin.Context, v accountView, err error, current, other string) error {
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	said := problem.Of(c.Request.Context(), err)
	if errors.Is(err, account.ErrCurrent) {
		other = current
	}
	v.Wrongs = problem.Wrongs{{Control: accountControls(v.Texts)(other), Message: worst(said)}}
	return p.render(c, said.Status, "account", v)
}

// accountControls are where the page asks for the password until now, thrice, and
// for what takes a place.
func accountControls(t *i18n.Printer) controls {
	return labelled(t, map[string]string{
		"current": "account.password.current", "password": "staff.password.new", "address": "address.name",
		"address-password": "staff.password", "remove-password": "staff.password",
	})
}

// worst is the words for the first field that was refused, or for the whole.
func worst(said *problem.Problem) string {
	if len(said.Errors) > 0 {
		return said.Errors[0].Message
	}
	return said.Detail
}

// endSession ends one session, be it this one.
func (p *site) endSession(c *gin.Context, _ actor.Actor) error {
	who, _ := signed(c)
	if err := p.s.Access.EndSession(c.Request.Context(), who, c.PostForm("session")); err != nil {
		return err
	}
	if c.PostForm("session") == who.Session.ID {
		p.setCookie(c, "")
		c.Redirect(http.StatusSeeOther, p.keep(c, signInPath+"?done=signed_out"))
		return nil
	}
	c.Redirect(http.StatusSeeOther, p.keep(c, accountPath+"?done=session_ended"))
	return nil
}

// signOutEverywhere ends every session of the person.
func (p *site) signOutEverywhere(c *gin.Context, _ actor.Actor) error {
	who, _ := signed(c)
	if err := p.s.Access.SignOutEverywhere(c.Request.Context(), who); err != nil {
		return err
	}
	p.setCookie(c, "")
	c.Redirect(http.StatusSeeOther, p.keep(c, signInPath+"?done=signed_out"))
	return nil
}
