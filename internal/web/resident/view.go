package resident

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
)

// phase is what an event is to somebody who looks at its page.
type phase string

const (
	open      phase = "open"    // takes registrations
	running   phase = "running" // has begun
	over      phase = "over"
	postponed phase = "postponed"
	cancelled phase = "cancelled"
)

func phaseOf(e event.Event, now calendar.Instant) phase {
	switch {
	case e.State == event.Cancelled:
		return cancelled
	case e.State == event.Postponed:
		return postponed
	case e.State != event.Published || now >= e.EndAt:
		return over
	case now >= e.StartAt:
		return running
	}
	return open
}

// tile is the day as a leaf of a calendar shows it.
type tile struct{ Weekday, Day, Month string }

// shownEvent is what, when and where, in words.
type shownEvent struct {
	ID, Title, About     string
	Unit, Village        string
	Type                 string
	Tile                 tile
	Start                string // for machines
	Clock, When          string
	Lunar, Days          string
	Place, Address       string
	Link, LinkHost       string
	Bring, Host, Contact string
	Phase                phase
	Note                 string
	Path                 string
}

// Open reports whether the event takes registrations.
func (e shownEvent) Open() bool { return e.Phase == open }

// Gone reports whether the event does not happen as it was announced.
func (e shownEvent) Gone() bool { return e.Phase == cancelled || e.Phase == postponed }

// shown puts an event into words.
func (p *site) shown(ctx context.Context, e event.Event, t *i18n.Printer) (shownEvent, error) {
	lead, err := p.units.of(ctx, e.Unit)
	if err != nil {
		return shownEvent{}, err
	}
	village, err := p.units.of(ctx, e.Village)
	if err != nil {
		return shownEvent{}, err
	}
	now := p.s.Now()
	start, end := calendar.InZone(e.StartAt, e.Zone), calendar.InZone(e.EndAt, e.Zone)
	v := shownEvent{
		ID: e.ID, Title: e.Title, About: e.About, Unit: lead.Name(t.Lang()), Village: village.Name(t.Lang()),
		Type: t.Text("event.type."+string(e.Type), nil), Tile: tileOf(start, t), Start: start.Format(time.RFC3339),
		Clock: clock(start, end, t), When: t.Near(now.Time()).FormatRange(start, end), Lunar: lunar(calendar.DateOf(e.StartAt, e.Zone), t),
		Place: e.Place.Name, Address: e.Place.Address, Link: e.Place.Link, LinkHost: hostOf(e.Place.Link),
		Bring: e.Bring, Host: e.Host, Contact: e.Contact, Phase: phaseOf(e, now), Path: outreach.EventPath + e.ID,
	}
	if v.Gone() {
		v.Note = e.StatusNote
	}
	if v.Phase == open {
		v.Days = days(daysLeft(e, now), t)
	}
	return v, nil
}

func tileOf(t time.Time, texts *i18n.Printer) tile {
	return tile{
		Weekday: texts.Text("date.weekday."+strconv.Itoa(int(t.Weekday())), nil),
		Day:     strconv.Itoa(t.Day()),
		Month:   texts.Text("page.tile.month", map[string]any{"month": texts.Text("date.month."+strconv.Itoa(int(t.Month())), nil)}),
	}
}

// clock is from when to when, without the day that the tile shows.
func clock(start, end time.Time, t *i18n.Printer) string {
	if start.Year() != end.Year() || start.YearDay() != end.YearDay() {
		return t.FormatRange(start, end)
	}
	return t.Text("page.event.clock", map[string]any{"start": t.FormatClock(start), "end": t.FormatClock(end)})
}

// lunar is the day by which people here know feasts and markets; in other
// languages it would only be in the way.
func lunar(d calendar.Date, t *i18n.Printer) string {
	if t.Lang() != i18n.Default {
		return ""
	}
	day, month, _, leap := calendar.Lunar(d)
	words := "page.event.lunar"
	if leap {
		words = "page.event.lunar.leap"
	}
	return t.Text(words, map[string]any{"day": day, "month": month})
}

// daysLeft counts nights from now to the start, where the event is.
func daysLeft(e event.Event, now calendar.Instant) int {
	return calendar.DateOf(e.StartAt, e.Zone).DaysSince(calendar.DateOf(now, e.Zone))
}

func days(n int, t *i18n.Printer) string {
	switch n {
	case 0:
		return t.Text("page.event.today", nil)
	case 1:
		return t.Text("page.event.tomorrow", nil)
	}
	return t.Count("page.event.days", n, nil)
}

func hostOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
