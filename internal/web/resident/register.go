package resident

import (
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// typed is what somebody sent, as they sent it.
type typed struct {
	Party, More, Slot, Name, Email string
	Purposes                       []resident.Purpose
	Texts                          []string
}

// moreTile is the value of the tile beside which a number is typed.
const moreTile = "more"

// Chose reports whether the tile with the number was chosen.
func (t typed) Chose(n int) bool { return t.Party == strconv.Itoa(n) }

// ChoseMore reports whether the number was typed.
func (t typed) ChoseMore() bool { return t.Party == moreTile }

// people is the number of people, 0 where it is none.
func (t typed) people() int {
	words := t.Party
	if words == moreTile || words == "" {
		words = t.More
	}
	n, err := strconv.Atoi(words)
	if err != nil {
		return 0
	}
	return n
}

func typedIn(c *gin.Context) typed {
	in := typed{
		Party: c.PostForm("party"), More: c.PostForm("more"), Slot: c.PostForm("slot"),
		Name: c.PostForm("name"), Email: strings.TrimSpace(c.PostForm("email")),
	}
	if in.Party == "" && in.More != "" {
		in.Party = moreTile
	}
	for _, purpose := range formPurposes {
		if text := c.PostForm("consent." + string(purpose)); text != "" {
			in.Purposes, in.Texts = append(in.Purposes, purpose), append(in.Texts, text)
		}
	}
	return in
}

// receiptView is the answer to the form. It shows what was typed, and nothing
// of what was known before.
type receiptView struct {
	assets.Page
	Event   shownEvent
	Receipt registration.Receipt
	People  string
	Slot    string
	Until   string
	Code    codeView
}

// Pending reports whether the seat waits for a confirmation.
func (v receiptView) Pending() bool { return v.Receipt.State == registration.Pending }

// Waits reports whether others come first; see ownView.Waits.
func (v receiptView) Waits() bool { return v.Receipt.Waits }

// register takes the form. Whoever left no address is sent to the own page.
func (p *site) register(c *gin.Context) error {
	ctx := c.Request.Context()
	eventID, in := c.Param("id"), typedIn(c)
	if err := in.check(); err != nil {
		return p.formAgain(c, eventID, in, err)
	}
	receipt, err := p.s.Registrations.RegisterPublic(ctx, registration.Form{
		Event: eventID, ID: c.PostForm("form"), Slot: in.Slot, Party: in.people(), Name: in.Name, Email: in.Email,
		Purposes: in.Purposes, Texts: in.Texts, Locale: request.Lang(ctx),
	})
	if err != nil {
		return p.formAgain(c, eventID, in, err)
	}
	if receipt.Mail {
		request.CausedMail(ctx)
	}
	if receipt.Own != "" {
		return seeOther(c, p.page(c, "", "").Link(outreach.OwnPath+receipt.Own))
	}
	return p.showReceipt(c, receipt)
}

// check refuses what can be told without a look at the event, all at once.
func (t typed) check() error {
	var c fault.Check
	switch n := t.people(); {
	case t.Party == "":
		c.Add("party", "page.choose_party")
	case n < 1 || n > registration.MaxParty:
		c.Add("party", "number.range", "min", 1, "max", registration.MaxParty)
	}
	if t.Email == "" {
		if len(t.Purposes) > 0 {
			c.Add("email", "page.email_needed")
		}
		return c.Err()
	}
	_, err := contact.Normal(contact.Email, t.Email)
	if err := c.Take("email", err); err != nil {
		return err
	}
	return c.Err()
}

// formLabels are what the form calls its fields.
var formLabels = map[string]string{
	"party": "page.form.party", "slot": "page.form.slot", "name": "page.form.name", "email": "page.form.email",
}

// formAgain shows the form again with what was wrong and what was typed.
func (p *site) formAgain(c *gin.Context, eventID string, in typed, err error) error {
	ws, status, ok := refused(c, err, formLabels)
	if !ok {
		return err
	}
	ctx := c.Request.Context()
	e, err := p.s.Events.Public(ctx, eventID)
	if err != nil {
		return err
	}
	texts := request.Texts(ctx)
	shown, err := p.shown(ctx, e, texts)
	if err != nil {
		return err
	}
	full, err := p.fullness(ctx, e, texts)
	if err != nil {
		return err
	}
	v, err := p.eventView(c, e, shown, full, in, ws)
	if err != nil {
		return err
	}
	v.Form.ID = p.formID()
	return p.render(c, status, "event", v)
}

// The gaps of an answer to the form, in the order of the values that fill them.
const (
	gapPeople = iota
	gapUntil
	gapLetters
	gapPicture
)

// showReceipt shows the answer to the form. Everything but what is the person's
// own is made once a version, language and kind of seat.
func (p *site) showReceipt(c *gin.Context, r registration.Receipt) error {
	texts := request.Texts(c.Request.Context())
	page, err := p.gappedReceipt(c, r)
	if err != nil {
		return err
	}
	until := ""
	if r.HoldUntil != 0 {
		until = texts.Near(p.s.Now().Time()).FormatDate(calendar.InZone(r.HoldUntil, r.Event.Zone))
	}
	var code codeView
	if !r.Waits {
		if code, err = codeOf(r.Code); err != nil {
			return err
		}
	}
	personal(c)
	c.Data(http.StatusOK, "text/html; charset=utf-8",
		page.fill([]string{texts.Count("page.form.party.one", r.Party, nil), until, code.Letters, string(code.Picture)}))
	return nil
}

// gappedReceipt gives the page from the shelf, or makes it.
func (p *site) gappedReceipt(c *gin.Context, r registration.Receipt) (gapped, error) {
	ctx := c.Request.Context()
	texts := request.Texts(ctx)
	key, err := p.shelfKey(ctx, r.Event, texts.Lang())
	if err != nil {
		return gapped{}, err
	}
	key.keep, key.receipt, key.waits, key.slot = c.Query("lang") != "", r.State, r.Waits, r.Slot
	if g, ok := p.compiled.get(key); ok {
		return g, nil
	}
	shown, err := p.shown(ctx, r.Event, texts)
	if err != nil {
		return gapped{}, err
	}
	v := receiptView{
		Page: p.personal(c, r.Event.Title, shown.Path), Event: shown, Receipt: r, Slot: slotName(r.Event, r.Slot),
		People: p.compiled.gap(gapPeople), Until: p.compiled.gap(gapUntil),
	}
	if !v.Waits() {
		picture := template.URL(p.compiled.gap(gapPicture)) //nolint:gosec // a mark of our own
		v.Code = codeView{Letters: p.compiled.gap(gapLetters), Picture: picture}
	}
	body, err := p.make("receipt", v)
	if err != nil {
		return gapped{}, err
	}
	return p.compiled.put(key, body), nil
}

// slotName is the slot's name where there are several to tell apart.
func slotName(e event.Event, slot string) string {
	if len(e.Slots) < 2 {
		return ""
	}
	for _, s := range e.Slots {
		if s.ID == slot {
			return s.Name
		}
	}
	return ""
}
