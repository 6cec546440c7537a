package resident

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// wishesPath follows the own page's.
const wishesPath = "/wishes"

// The field that names a purpose and what becomes of it, such as "news yes".
const wishField = "set"

// wishesView is what somebody hears about, by purpose.
type wishesView struct {
	assets.Page
	Event shownEvent
	// Path is the page's, Own the own page's; both have the token in them.
	Path, Own string
	// NoContact: there is nothing to send to. OptedOut: nothing is sent at all,
	// and OptOut leads to the page that undoes it.
	NoContact, OptedOut bool
	OptOut              string
	Wishes              []consentView
	Wrongs              problem.Wrongs
}

// wishes shows what the holder of an own page agreed to. It changes nothing.
func (p *site) wishes(c *gin.Context) error {
	return p.showWishes(c, http.StatusOK, nil)
}

// wishesAct gives or withdraws one consent, by the button that was pressed.
func (p *site) wishesAct(c *gin.Context) error {
	ctx, token := c.Request.Context(), c.Param("token")
	purpose, choice, _ := strings.Cut(c.PostForm(wishField), " ")
	var err error
	if choice == yes || choice == no {
		err = p.s.Registrations.SetWish(ctx, token, resident.Purpose(purpose), choice == yes, c.PostForm("text."+purpose))
	} else {
		_, err = p.s.Registrations.Own(ctx, token)
		if err == nil {
			err = errChoose(wishField)
		}
	}
	if err == nil {
		return seeOther(c, p.page(c, "", "").Link(outreach.OwnPath+token+wishesPath))
	}
	ws, status, ok := refused(c, err, map[string]string{wishField: "page.wishes.title"})
	if !ok {
		return err
	}
	return p.showWishes(c, status, ws)
}

func (p *site) showWishes(c *gin.Context, status int, ws problem.Wrongs) error {
	ctx := c.Request.Context()
	w, err := p.s.Registrations.Wishes(ctx, c.Param("token"))
	if err != nil {
		return err
	}
	texts := request.Texts(ctx)
	shown, err := p.shown(ctx, w.Own.Event, texts)
	if err != nil {
		return err
	}
	own := outreach.OwnPath + w.Own.Token
	v := wishesView{
		Page: p.personal(c, texts.Text("page.wishes.title", nil), own+wishesPath), Event: shown,
		Own: own, Path: own + wishesPath, NoContact: w.Contact == "", Wrongs: ws,
	}
	if v.NoContact {
		return p.render(c, status, "wishes", v)
	}
	to, err := p.s.Contacts.Get(ctx, w.Contact)
	if err != nil {
		return err
	}
	token, err := p.s.Contacts.OptOutLink(ctx, to)
	if err != nil {
		return err
	}
	v.OptedOut, v.OptOut = to.OptedOut(), outreach.OptOutPath+token
	if v.Wishes, err = consentsOf(registration.WishPurposes(), v.Page, w.Given); err != nil {
		return err
	}
	return p.render(c, status, "wishes", v)
}

// consentsOf are the purposes with the words that are agreed to.
func consentsOf(purposes []resident.Purpose, page assets.Page, given []resident.Purpose) ([]consentView, error) {
	var out []consentView
	for _, purpose := range purposes {
		t, err := resident.TextFor(purpose, page.Lang())
		if err != nil {
			return nil, err
		}
		out = append(out, consentView{
			Purpose: string(purpose), Title: page.T("purpose." + string(purpose)), Text: t.ID, Words: t.Words,
			Given: slices.Contains(given, purpose),
		})
	}
	return out, nil
}
