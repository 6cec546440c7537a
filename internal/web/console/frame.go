package console

import (
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// section is one entry of the navigation: a page of a unit, by the end of its
// path. An entry is shown to those for whom it leads somewhere.
type section struct {
	end, words string
	may        func(p *site, act actor.Actor, u unit.Unit) bool
}

// sections are the navigation, in its order.
var sections = []section{
	{"", "overview.title", anybody},
	{"/events", "overview.events", anybody},
	{"/below", "unit.below", (*site).hasBelow},
	{"/sheets", "sheet.title", func(p *site, act actor.Actor, u unit.Unit) bool { return p.s.Desk.May(act, u.ID, "") }},
	{"/scorecard", "overview.score", func(p *site, act actor.Actor, u unit.Unit) bool { return p.seesCards(act, u) }},
	{"/accounts", "account.list", (*site).mayInvite},
}

// anybody with a role on the unit or above it sees its plans and counts.
func anybody(p *site, act actor.Actor, u unit.Unit) bool {
	return event.Event{Scope: u.Above()}.Visible(act, p.s.Now()) == nil
}

// doneWords are what a page may say was just done, as ?done= names it.
var doneWords = map[string]string{
	"saved": "account.saved", "password": "account.password.saved",
	"address_sent": "address.done.sent", "address_removed": "address.done.removed",
	"session_ended": "account.session.ended", "second_off": "second.done.off", "second_removed": "second.done.removed",
	"planned": "desk.done.planned", "edited": "desk.done.saved", "noted": "desk.done.noted", "counted": "desk.done.counted",
	"uncounted": "desk.done.uncounted", "report": "desk.done.report",
	"submit": "desk.done.submit", "withdraw": "desk.done.withdraw", "approve": "desk.done.approve", "return": "desk.done.return",
	"publish": "desk.done.publish", "postpone": "desk.done.postpone", "resume": "desk.done.resume", "cancel": "desk.done.cancel",
	"restore": "desk.done.restore", "close": "desk.done.close",
}

// framed puts the frame of the unit around a page. here is the page's path.
func (p *site) framed(c *gin.Context, page assets.Page, u unit.Unit, here string) assets.Page {
	who, ok := signed(c)
	if !ok {
		return page
	}
	t := request.Texts(c.Request.Context())
	f := &assets.Frame{Account: who.Account.Name, AccountPath: accountPath, SignOut: signOutPath, Unit: u.Name(t.Lang())}
	if u.ID != "" {
		f.Nav = p.nav(who.Actor, u, t, here)
	}
	if words := doneWords[c.Query("done")]; words != "" {
		f.Said = t.Text(words, nil)
	}
	page.Frame = f
	return page
}

func (p *site) nav(act actor.Actor, u unit.Unit, t *i18n.Printer, here string) []assets.NavItem {
	if u.Kind == unit.Village { // its unit keeps the lists
		to := listPath(u.Parent, u.ID)
		return []assets.NavItem{{Words: t.Text("sheet.title", nil), Path: to, Here: here == to}}
	}
	path, _, _ := strings.Cut(here, "?")
	var out []assets.NavItem
	for _, s := range sections {
		if s.may(p, act, u) {
			to := unitsPath + u.ID + s.end
			out = append(out, assets.NavItem{Words: t.Text(s.words, nil), Path: to, Here: path == to || s.end != "" && strings.HasPrefix(path, to+"/")})
		}
	}
	return out
}

// unitOf is whose frame a page has that names no unit itself: the one in the
// path, else the person's own, which is also around a page that says there is
// no such unit.
func (p *site) unitOf(c *gin.Context, who account.Who) unit.Unit {
	wanted := []string{who.Account.Unit}
	if strings.HasPrefix(c.FullPath(), unitsPath+":id") {
		wanted = []string{c.Param("id"), who.Account.Unit}
	}
	for _, id := range wanted {
		if u, err := p.s.Units.Get(c.Request.Context(), actor.System("console"), id); err == nil {
			return u
		}
	}
	return unit.Unit{} // the frame is an aid; what the page is about decides
}

// withNext adds where to go afterwards to a path.
func withNext(path, next string) string { return path + "?" + url.Values{"next": {next}}.Encode() }
