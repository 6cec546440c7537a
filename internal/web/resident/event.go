package resident

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// formPurposes are what the form asks for, each with a box of its own;
// registration comes with leaving an address.
var formPurposes = []resident.Purpose{resident.ForReminders, resident.ForSurveys}

// eventView is one event with its form.
type eventView struct {
	assets.Page
	Event  shownEvent
	Places string
	Form   formView
	Wrongs problem.Wrongs
}

// formView is the registration form, with what was typed where it is shown
// again.
type formView struct {
	ID     string
	Submit string
	Slots  []slotView
	// Tiles are the numbers at one touch; from More to Most they are typed.
	Tiles      []int
	More, Most int
	Typed      typed
	// Consents have the words of immutable texts; Registration is what leaving an
	// address means.
	Consents     []consentView
	Registration string
}

// Extra reports whether what the form folds away has to be seen.
func (v eventView) Extra() bool {
	return v.Form.Typed.Name != "" || len(v.Form.Typed.Purposes) > 0 || v.Wrongs.At("name") != ""
}

type slotView struct {
	ID, Name, Places string
	Chosen           bool
}

type consentView struct {
	Purpose, Title, Text, Words string
	Given                       bool
}

// tiles are the small numbers of people that are one touch away.
var tiles = []int{1, 2, 3, 4}

// event shows one event to anybody. Everything but its places is made once a
// version and language.
func (p *site) event(c *gin.Context) error {
	ctx := c.Request.Context()
	e, err := p.s.Events.Public(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	texts := request.Texts(ctx)
	full, err := p.fullness(ctx, e, texts)
	if err != nil {
		return err
	}
	page, err := p.gappedEvent(c, e, len(full.Slots))
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, "text/html; charset=utf-8", page.fill(append([]string{
		p.formID(), full.All, texts.Text(submitText(full.Full), nil),
	}, full.Slots...)))
	return nil
}

// The gaps of an event's page, in the order of the values that fill them.
const (
	gapForm = iota
	gapPlaces
	gapSubmit
	gapSlots // and as many more as there are slots
)

func submitText(full bool) string {
	if full {
		return "page.form.waitlist"
	}
	return "page.form.submit"
}

func (p *site) fullness(ctx context.Context, e event.Event, t *i18n.Printer) (fullness, error) {
	places, err := p.s.Registrations.Places(ctx, e)
	if err != nil {
		return fullness{}, err
	}
	return fullnessOf(e, places, t), nil
}

// gappedEvent gives the page from the shelf, or makes it.
func (p *site) gappedEvent(c *gin.Context, e event.Event, slots int) (gapped, error) {
	ctx := c.Request.Context()
	texts := request.Texts(ctx)
	key, err := p.shelfKey(ctx, e, texts.Lang())
	if err != nil {
		return gapped{}, err
	}
	key.keep = c.Query("lang") != ""
	if g, ok := p.compiled.get(key); ok {
		return g, nil
	}
	shown, err := p.shown(ctx, e, texts)
	if err != nil {
		return gapped{}, err
	}
	f := fullness{All: p.compiled.gap(gapPlaces)}
	for i := range slots {
		f.Slots = append(f.Slots, p.compiled.gap(gapSlots+i))
	}
	v, err := p.eventView(c, e, shown, f, typed{}, nil)
	if err != nil {
		return gapped{}, err
	}
	v.Form.ID, v.Form.Submit = p.compiled.gap(gapForm), p.compiled.gap(gapSubmit)
	body, err := p.make("event", v)
	if err != nil {
		return gapped{}, err
	}
	return p.compiled.put(key, body), nil
}

// shelfKey names the page of an event as it is now: what is read for it are
// names that are remembered.
func (p *site) shelfKey(ctx context.Context, e event.Event, lang string) (shelfKey, error) {
	lead, err := p.units.of(ctx, e.Unit)
	if err != nil {
		return shelfKey{}, err
	}
	village, err := p.units.of(ctx, e.Village)
	now := p.s.Now()
	return shelfKey{
		event: e.ID, ver: e.Ver, lang: lang, phase: phaseOf(e, now), days: daysLeft(e, now),
		unit: lead.Ver, village: village.Ver,
	}, err
}

func (p *site) eventView(c *gin.Context, e event.Event, shown shownEvent, f fullness, in typed, ws problem.Wrongs) (eventView, error) {
	v := eventView{Page: p.page(c, e.Title, shown.Path), Event: shown, Places: f.All, Wrongs: ws}
	v.Card = p.card(shown, v.Lang())
	v.Form = formView{
		Submit: v.T(submitText(f.Full)), Tiles: tiles, More: len(tiles) + 1, Most: registration.MaxParty, Typed: in,
	}
	if len(e.Slots) > 1 {
		for i, s := range e.Slots {
			v.Form.Slots = append(v.Form.Slots, slotView{ID: s.ID, Name: s.Name, Places: f.Slots[i], Chosen: s.ID == in.Slot})
		}
	}
	leaving, err := resident.TextFor(resident.ForRegistration, v.Lang())
	if err != nil {
		return v, err
	}
	v.Form.Registration = leaving.Words
	v.Form.Consents, err = consentsOf(formPurposes, v.Page, in.Purposes)
	return v, err
}

// card is what a chat shows of the event where somebody sends its address.
func (p *site) card(shown shownEvent, lang string) *assets.Card {
	parts := slices.DeleteFunc([]string{shown.When, shown.Place, shown.Unit}, func(s string) bool { return s == "" })
	page := p.s.BaseURL + shown.Path
	return &assets.Card{Title: shown.Title, Words: strings.Join(parts, " · "), URL: page, Picture: page + cardPath + "?" + shown.Start[:10], Locale: locales[lang]}
}

// locales are the languages as the Open Graph protocol writes them.
var locales = map[string]string{"vi": "vi_VN", "en": "en_GB", "pl": "pl_PL"}
