package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
)

// grantView is a role on a unit, in words.
type grantView struct {
	Role, Unit, Time string
	// Value and On name it in a form; Live grants can be ended.
	Value, On string
	Live      bool
}

// accountLine is one account in a list.
type accountLine struct {
	Login, Name, Path string
	Grants            []grantView
	Disabled          bool
	// Waits says what is missing until the owner can sign in.
	Waits string
}

// accountsView is who works for a unit, and the form that invites.
type accountsView struct {
	assets.Page
	Unit, Path string
	Accounts   []accountLine
	// More is where the list goes on.
	More   string
	Roles  []choiceView
	Wrongs problem.Wrongs
	// Mails says that links can be mailed here.
	Mails bool
	// What was typed comes back.
	In inviteForm
}

// accountsShown is how many accounts one page has.
const accountsShown = 100

// inviteForm is an invitation as it was typed.
type inviteForm struct{ Name, Login, Address, Role, From, Until string }

// mayInvite tells whether somebody looks after the unit's accounts.
func (p *site) mayInvite(act actor.Actor, u unit.Unit) bool {
	return act.HoldsAbove(int64(p.s.Now()), actor.Admin, u.Above()...)
}

// accounts lists who works for a unit.
func (p *site) accounts(c *gin.Context, act actor.Actor) error {
	v, err := p.accountsView(c, act)
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "accounts", v)
}

func (p *site) accountsView(c *gin.Context, act actor.Actor) (accountsView, error) {
	ctx := c.Request.Context()
	n := p.names(ctx)
	u, err := n.unit(c.Param("id"))
	if err != nil {
		return accountsView{}, err
	}
	scope := "accounts " + u.ID
	r, err := p.pageAsked(c, scope, accountsShown)
	if err != nil {
		return accountsView{}, err
	}
	list, err := p.s.Accounts.Page(ctx, act, account.Filter{Unit: u.ID}, r)
	if err != nil {
		return accountsView{}, err
	}
	path := unitsPath + u.ID + "/accounts"
	v := accountsView{
		Page: p.page(c, n.t.Text("account.list", nil), path), Unit: u.Name(n.t.Lang()), Path: path,
		More: p.more(path, scope, list.Next),
	}
	standings, err := p.s.Access.Standings(ctx, act, u.ID, list.Items)
	if err != nil {
		return accountsView{}, err
	}
	for _, a := range list.Items {
		line := accountLine{Login: a.Login, Name: a.Name, Path: accountsPath + a.ID, Disabled: a.DisabledAt != 0, Waits: n.waits(standings[a.ID], u.Zone)}
		if line.Grants, err = n.grants(a, u.Zone); err != nil {
			return v, err
		}
		v.Accounts = append(v.Accounts, line)
	}
	v.Roles, v.Mails = n.roleChoices(), p.s.Access.Post.On()
	return v, nil
}

// waits says what is missing until the owner of an account can sign in.
func (n *names) waits(s account.Standing, zone string) string {
	switch {
	case s.Set:
		return ""
	case s.LinkUntil == 0:
		return n.t.Text("account.waits.over", nil)
	}
	return n.t.Text("account.waits", map[string]any{"until": n.t.FormatDay(calendar.InZone(s.LinkUntil, zone))})
}

func (n *names) roleChoices() []choiceView {
	var out []choiceView
	for _, r := range actor.Roles() {
		out = append(out, choiceView{string(r), n.t.Text("role."+string(r), nil)})
	}
	return out
}

// grants puts the roles of an account into words, those that hold first.
func (n *names) grants(a account.Account, zone string) ([]grantView, error) {
	now := int64(n.p.s.Now())
	var live, over []grantView
	for _, g := range a.Grants {
		u, err := n.unit(g.Unit)
		if err != nil {
			return nil, err
		}
		v := grantView{
			Role: n.t.Text("role."+string(g.Role), nil), Unit: u.Name(n.t.Lang()), Time: n.span(g, zone), Value: string(g.Role), On: g.Unit,
			Live: g.Until == 0 || g.Until > now,
		}
		if v.Live {
			live = append(live, v)
		} else {
			over = append(over, v)
		}
	}
	return slices.Concat(live, over), nil
}

// span says from when to when a role holds; its last day is the one before its
// end.
func (n *names) span(g actor.Grant, zone string) string {
	day := func(at int64) string { return n.t.FormatDay(calendar.InZone(calendar.Instant(at), zone)) }
	switch {
	case g.From != 0 && g.Until != 0:
		return n.t.Text("account.grant.span", map[string]any{"from": day(g.From), "until": day(g.Until - 1)})
	case g.From != 0:
		return n.t.Text("account.grant.from", map[string]any{"from": day(g.From)})
	case g.Until != 0:
		return n.t.Text("account.grant.until", map[string]any{"until": day(g.Until - 1)})
	}
	return ""
}

// readGrant reads a role on a unit with its days, the last one included.
func readGrant(in inviteForm, u unit.Unit) (actor.Grant, error) {
	var c fault.Check
	g := actor.Grant{Role: actor.Role(in.Role), Unit: u.ID}
	if !g.Role.Valid() {
		c.Add("role", "account.role")
	}
	read := func(field, typed string, days int) int64 {
		if typed == "" {
			return 0
		}
		d, err := calendar.ParseDate(typed)
		if err == nil {
			var at calendar.Instant
			if at, _, err = calendar.Resolve(d.AddDays(days).At("00:00"), u.Zone, calendar.Later); err == nil && at > 0 {
				return int64(at)
			}
		}
		c.Add(field, "account.grant_time")
		return 0
	}
	g.From, g.Until = read("from", in.From, 0), read("until", in.Until, 1)
	return g, c.Err()
}

func typedInvite(c *gin.Context) inviteForm {
	return inviteForm{
		Name: c.PostForm("name"), Login: c.PostForm("login"), Address: strings.TrimSpace(c.PostForm("address")), Role: c.PostForm("role"), From: c.PostForm("from"), Until: c.PostForm("until"),
	}
}

// inviteLabels are what the form calls its fields.
var inviteLabels = map[string]string{
	"name": "account.name", "login": "staff.login", "address": "address.name", "role": "account.role", "from": "account.from",
	"until": "account.until",
}

// invite makes an account with a role, and shows its link.
func (p *site) invite(c *gin.Context, act actor.Actor) error {
	v, err := p.accountsView(c, act)
	if err != nil {
		return err
	}
	v.In = typedInvite(c)
	made, err := p.invited(c, act, v.In)
	if err == nil {
		return p.showLink(c, act, made, v.In.Address, unitsPath+made.Unit+"/accounts")
	}
	ws, status, ok := refused(c, err, labelled(v.Texts, inviteLabels))
	if !ok {
		return err
	}
	v.Wrongs = ws
	return p.render(c, status, "accounts", v)
}

func (p *site) invited(c *gin.Context, act actor.Actor, in inviteForm) (account.Account, error) {
	ctx := c.Request.Context()
	u, err := p.names(ctx).unit(c.Param("id"))
	if err != nil {
		return account.Account{}, err
	}
	g, err := readGrant(in, u)
	if err != nil {
		return account.Account{}, err
	}
	if err := errors.Join(p.s.Access.CheckAddress(in.Address), p.s.Accounts.CheckGrant(g)); err != nil {
		return account.Account{}, err // before there is an account without a role
	}
	made, err := p.s.Accounts.Create(ctx, act, account.Draft{Name: in.Name, Login: in.Login, Unit: u.ID})
	if err != nil {
		return account.Account{}, err
	}
	return p.s.Accounts.Grant(ctx, act, made.ID, g)
}

// linkShown is a link that was just made.
type linkShown struct {
	assets.Page
	Login, Name, Address, Back string
	Days                       int
	// Mailed says that the link also goes out by mail.
	Mailed bool
}

// showLink makes a link for an account and shows it this once.
func (p *site) showLink(c *gin.Context, act actor.Actor, a account.Account, address, back string) error {
	ctx := c.Request.Context()
	invited, err := p.s.Access.Invite(ctx, act, a.ID, address)
	if err != nil {
		return err
	}
	n := p.names(ctx)
	u, err := n.unit(a.Unit)
	if err != nil {
		return err
	}
	v := linkShown{
		Page: p.framed(c, p.page(c, n.t.Text("account.link.title", nil), back), u, unitsPath+u.ID+"/accounts"), Login: a.Login, Name: a.Name, Address: p.s.BaseURL + linkPath + invited.Token, Back: back, Mailed: invited.Mailed,
		Days: int(account.InviteLife / day),
	}
	return p.render(c, http.StatusOK, "invited", v)
}

// staffView is another's account, for who looks after it.
type staffView struct {
	assets.Page
	Unit, Path, Back string
	Account          accountLine
	Roles            []choiceView
	Own              bool
	Second           account.Second
	Address          account.AddressState
	// Mails says that links can be mailed here.
	Mails bool
}

// staffAccount shows an account to administrators of its home unit or above.
func (p *site) staffAccount(c *gin.Context, act actor.Actor) error {
	ctx := c.Request.Context()
	a, u, err := p.looked(c, act)
	if err != nil {
		return err
	}
	n := p.names(ctx)
	v := staffView{Unit: u.Name(n.t.Lang()), Path: accountsPath + a.ID, Back: unitsPath + u.ID + "/accounts", Roles: n.roleChoices(), Own: act.ID == a.ID}
	v.Page = p.framed(c, p.page(c, a.Name, v.Path), u, v.Back)
	if !v.Own { // one's own are on the own page
		v.Mails = p.s.Access.Post.On()
		if v.Second, err = p.s.Access.SecondOf(ctx, act, a.ID); err != nil {
			return err
		}
		if v.Address, err = p.s.Access.AddressOf(ctx, act, a.ID); err != nil {
			return err
		}
		standings, err := p.s.Access.Standings(ctx, act, u.ID, []account.Account{a})
		if err != nil {
			return err
		}
		v.Account.Waits = n.waits(standings[a.ID], u.Zone)
	}
	v.Account.Login, v.Account.Name, v.Account.Disabled = a.Login, a.Name, a.DisabledAt != 0
	if v.Account.Grants, err = n.grants(a, u.Zone); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "staffaccount", v)
}

// looked finds the account of the path and its home unit.
func (p *site) looked(c *gin.Context, act actor.Actor) (account.Account, unit.Unit, error) {
	a, err := p.s.Accounts.Get(c.Request.Context(), act, c.Param("id"))
	if err != nil {
		return account.Account{}, unit.Unit{}, err
	}
	u, err := p.names(c.Request.Context()).unit(a.Unit)
	return a, u, err
}

// newLink shows a new link of an account: the password is lost.
func (p *site) newLink(c *gin.Context, act actor.Actor) error {
	a, _, err := p.looked(c, act)
	if err != nil {
		return err
	}
	err = p.showLink(c, act, a, strings.TrimSpace(c.PostForm("address")), accountsPath+a.ID)
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict {
		p.failTo(c, err, accountsPath+a.ID, "account.title")
		return nil
	}
	return err
}

// grantRole gives a role on the account's home unit.
func (p *site) grantRole(c *gin.Context, act actor.Actor) error {
	a, u, err := p.looked(c, act)
	if err != nil {
		return err
	}
	g, err := readGrant(typedInvite(c), u)
	if err != nil {
		return err
	}
	_, err = p.s.Accounts.Grant(c.Request.Context(), act, a.ID, g)
	return p.saved(c, a, err)
}

// endRole ends a role now.
func (p *site) endRole(c *gin.Context, act actor.Actor) error {
	a, _, err := p.looked(c, act)
	if err != nil {
		return err
	}
	_, err = p.s.Accounts.Revoke(c.Request.Context(), act, a.ID, actor.Role(c.PostForm("role")), c.PostForm("on"))
	return p.saved(c, a, err)
}

// removeSecond takes the second step off: its owner lost the phone and the codes.
func (p *site) removeSecond(c *gin.Context, act actor.Actor) error {
	a, _, err := p.looked(c, act)
	if err != nil {
		return err
	}
	if err := p.s.Access.RemoveSecond(c.Request.Context(), act, a.ID); err != nil {
		return p.saved(c, a, err)
	}
	c.Redirect(http.StatusSeeOther, p.keep(c, accountsPath+a.ID+"?done=second_removed"))
	return nil
}

// takeAddress has an account be mailed nowhere: its owner cannot get at the mailbox.
func (p *site) takeAddress(c *gin.Context, act actor.Actor) error {
	a, _, err := p.looked(c, act)
	if err != nil {
		return err
	}
	if err := p.s.Access.TakeAddress(c.Request.Context(), act, a.ID); err != nil {
		return p.saved(c, a, err)
	}
	c.Redirect(http.StatusSeeOther, p.keep(c, accountsPath+a.ID+"?done=address_removed"))
	return nil
}

// disable ends an account for good.
func (p *site) disable(c *gin.Context, act actor.Actor) error {
	a, _, err := p.looked(c, act)
	if err != nil {
		return err
	}
	_, err = p.s.Accounts.Disable(c.Request.Context(), act, a.ID)
	return p.saved(c, a, err)
}

func (p *site) saved(c *gin.Context, a account.Account, err error) error {
	if err != nil {
		p.failTo(c, err, accountsPath+a.ID, "account.title")
		return nil
	}
	c.Redirect(http.StatusSeeOther, p.keep(c, accountsPath+a.ID+"?done=saved"))
	return nil
}
