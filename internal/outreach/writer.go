package outreach

import (
	"context"
	"fmt"
	"net/mail"
	"net/url"
	"sync"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// maxCompiled bounds the compiled mails that are kept.
const maxCompiled = 512

// Units reads the name of the unit that a mail comes from.
type Units interface {
	Get(ctx context.Context, id string) (unit.Unit, error)
}

// Writer makes mails. What is the same for all recipients of an event in one
// language is compiled once; only links differ from person to person.
type Writer struct {
	texts      *i18n.Catalogue
	keys       *secret.Keys
	units      Units
	base, host string
	from       string
	organizer  string
	pageOnly   bool

	mu       sync.Mutex
	compiled map[mailKey]*compiled
}

// NewWriter makes a writer whose links begin with base ("https://host") and
// whose mails come from from ("Name <address>").
func NewWriter(texts *i18n.Catalogue, keys *secret.Keys, units Units, base, from string) (*Writer, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("outreach: base URL has no host")
	}
	sender, err := mail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("outreach: sender is no mail address")
	}
	return &Writer{
		texts: texts, keys: keys, units: units, base: base, host: u.Hostname(),
		from: from, organizer: sender.Address, compiled: map[mailKey]*compiled{},
	}, nil
}

// PageOnly has the writer leave out the text and the calendar beside the page
// of each mail, before its first one: what other mailers are measured with.
func (w *Writer) PageOnly() { w.pageOnly = true }

// mailKey names mails that differ in nothing but their links.
type mailKey struct {
	kind   kind
	event  string
	ver    int64
	locale string
	seat   string
	party  int
	turns  int
	// answered is whether the person said that they are coming, until the end of
	// an offer to them.
	answered bool
	until    calendar.Instant
	// shared says that the mail names the members of a household.
	shared bool
	// old is when and where it was as far as the person knew, which is all that
	// the mail shows of what was so before.
	old notifications.Told
	// soon says in how many days the event is, where the mail tells that.
	soon int
	// age is which while the mail was made in: a unit that was renamed shows its
	// new name from the next one on.
	age notifications.Millis
}

// compiledFor is how long a compiled mail is used.
const compiledFor = notifications.Millis(10 * time.Minute / time.Millisecond)

// Write makes the mail of a row for the person. The address is the caller's.
func (w *Writer) Write(ctx context.Context, f Facts, p Person, row notifications.Row, links Links, now notifications.Millis) (notifications.Message, error) {
	printer := w.texts.For(p.Resident.Locale)
	c, err := w.mail(ctx, keyOf(f, p, row, printer.Lang()).at(f.Event, now), f, printer)
	if err != nil {
		return notifications.Message{}, err
	}
	m := w.fill(c, row, links, now)
	m.MessageID = w.sharedID([]notifications.Row{row})
	return m, nil
}

// keyOf is all that a mail says but for the links.
func keyOf(f Facts, p Person, row notifications.Row, lang string) mailKey {
	key := mailKey{
		kind: kindOf(f, p, row), event: f.Event.ID, ver: f.Event.Ver, locale: lang,
		seat: Told(f.Event, p.Registration).Seat, party: p.Registration.Party,
		answered: p.Registration.Said(f.Event.Revision) == registration.Coming,
	}
	if p.Registration.State == registration.Offered {
		key.until = p.Registration.HoldUntil
	}
	if methodOf(key.kind) != "" { // only a calendar part counts the turns of a seat
		key.turns = p.Registration.Turns
	}
	if key.kind.showsOld() {
		old := before(f, p, row, Told(f.Event, p.Registration))
		key.old = notifications.Told{Start: old.Start, End: old.End, Zone: old.Zone, Place: old.Place}
	}
	return key
}

// at adds what the mail says because of the time that it is made at.
func (k mailKey) at(e event.Event, now notifications.Millis) mailKey {
	k.age = now / compiledFor
	if k.kind.confirmsSeat() {
		k.soon = soon(e, calendar.Instant(now))
	}
	return k
}

// mail returns the compiled mail, compiling it the first time.
func (w *Writer) mail(ctx context.Context, key mailKey, f Facts, printer *i18n.Printer) (*compiled, error) {
	w.mu.Lock()
	c := w.compiled[key]
	w.mu.Unlock()
	if c != nil {
		return c, nil
	}
	u, err := w.units.Get(ctx, f.Event.Unit)
	if err != nil {
		return nil, err
	}
	if c, err = w.compile(key, f.Event, u.Name(printer.Lang()), printer, nil); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.compiled) >= maxCompiled {
		clear(w.compiled)
	}
	w.compiled[key] = c
	return c, nil
}

func (w *Writer) fill(c *compiled, row notifications.Row, links Links, now notifications.Millis) notifications.Message {
	m := notifications.Message{
		From: w.from, Subject: c.subject, HTML: c.html.fill(links), Language: c.language,
		Date: now, Boundary: row.ID, Unsubscribe: links.OptOut,
	}
	if !w.pageOnly {
		m.Text, m.Calendar, m.Method = c.text.fill(links), c.calendar, c.method
	}
	return m
}
