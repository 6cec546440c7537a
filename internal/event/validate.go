package event

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

// Bounds of an event. Lengths are in characters.
const (
	MaxSlots     = 50
	MaxPlaces    = 5000 // people, over all limited slots
	MaxCoUnits   = 20
	MaxLength    = 24 * time.Hour
	minTitle     = 3
	maxTitle     = 200
	maxAbout     = 5000
	maxBring     = 500
	maxPlace     = 200
	maxAddress   = 300
	maxLink      = 500
	maxHost      = 200
	maxContact   = 120
	maxSlotName  = 120
	maxKeyRunes  = 64
	maxNotice    = 60 // days
	maxNote      = 500
	maxSummary   = 5000
	maxReported  = 1_000_000
	slotIDLetter = "abcdefghijklmnopqrstuvwxyz0123456789_-"
)

// Times are the two instants of an event.
type Times struct{ Start, End calendar.Instant }

// Check gives the input in its normal form with its instants, or one Invalid
// error that names every refused field and, for a time that does not occur,
// the nearest ones that do. Whether its units exist is not looked at.
func (in Input) Check() (Input, Times, error) {
	var c fault.Check
	in.checkTexts(&c)
	in.checkPlace(&c)
	in.checkUnits(&c)
	in.checkSlots(&c)
	if !slices.Contains(Types(), in.Type) {
		c.Add("type", "event.type")
	}
	if in.NoticeDays < 0 || in.NoticeDays > maxNotice {
		c.Add("notice_days", "number.range", "min", 0, "max", maxNotice)
	}
	times := in.checkTimes(&c)
	return in, times, c.Err()
}

func (in *Input) checkTexts(c *fault.Check) {
	in.Title = line(c, "title", in.Title, maxTitle)
	if n := len([]rune(in.Title)); n > 0 && n < minTitle {
		c.Add("title", "text.too_short", "min", minTitle)
	}
	if text.Clean(in.Title) == "" {
		c.Add("title", "required")
	}
	in.About = block(c, "about", in.About, maxAbout)
	in.Bring = block(c, "bring", in.Bring, maxBring)
	in.Host = line(c, "host", in.Host, maxHost)
	in.Contact = line(c, "contact", in.Contact, maxContact)
	in.Programme = line(c, "programme", in.Programme, maxKeyRunes)
	in.Series = line(c, "series", in.Series, maxKeyRunes)
}

func (in *Input) checkPlace(c *fault.Check) {
	p := &in.Place
	p.Name = line(c, "place.name", p.Name, maxPlace)
	p.Address = line(c, "place.address", p.Address, maxAddress)
	p.Link = line(c, "place.link", p.Link, maxLink)
	if text.Clean(p.Name) == "" {
		c.Add("place.name", "required")
	}
	if p.Link == "" {
		return
	}
	if u, err := url.Parse(p.Link); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		c.Add("place.link", "event.link")
	}
}

func (in *Input) checkUnits(c *fault.Check) {
	if in.Unit == "" {
		c.Add("unit", "required")
	}
	if len(in.CoUnits) > MaxCoUnits {
		c.Add("co_units", "list.too_long", "max", MaxCoUnits)
	}
	for i, u := range in.CoUnits {
		if u == in.Unit || slices.Contains(in.CoUnits[:i], u) {
			c.Add("co_units."+strconv.Itoa(i), "list.twice")
		}
	}
}

func (in *Input) checkSlots(c *fault.Check) {
	if len(in.Slots) == 0 {
		in.Slots = []Slot{{}}
	}
	if len(in.Slots) > MaxSlots {
		c.Add("slots", "list.too_long", "max", MaxSlots)
		return
	}
	in.Slots = slices.Clone(in.Slots)
	places := 0
	for i := range in.Slots {
		places += in.checkSlot(c, i)
	}
	if places > MaxPlaces {
		c.Add("slots", "event.too_many_places", "max", MaxPlaces)
	}
	in.nameSlots()
}

func (in *Input) checkSlot(c *fault.Check, i int) (places int) {
	s, field := &in.Slots[i], "slots."+strconv.Itoa(i)
	s.Name = line(c, field+".name", s.Name, maxSlotName)
	if len(s.ID) > 40 || strings.Trim(s.ID, slotIDLetter) != "" {
		c.Add(field+".id", "event.slot_id")
	}
	if s.ID != "" && slices.ContainsFunc(in.Slots[:i], func(o Slot) bool { return o.ID == s.ID }) {
		c.Add(field+".id", "list.twice")
	}
	if s.Capacity < 0 || s.Capacity > MaxPlaces {
		c.Add(field+".capacity", "number.range", "min", 0, "max", MaxPlaces)
		return 0
	}
	return s.Capacity
}

// nameSlots gives slots without an id the first free one of s1, s2 ...
func (in *Input) nameSlots() {
	next := 1
	for i := range in.Slots {
		for in.Slots[i].ID == "" {
			name := "s" + strconv.Itoa(next)
			next++
			if !slices.ContainsFunc(in.Slots, func(o Slot) bool { return o.ID == name }) {
				in.Slots[i].ID = name
			}
		}
	}
}

func (in *Input) checkTimes(c *fault.Check) Times {
	var t Times
	if in.Zone != "" && calendar.CheckZone(in.Zone) != nil {
		c.Add("zone", "calendar.zone")
		return t
	}
	start, okStart := resolve(c, "local_start", in.LocalStart, in.Zone)
	end, okEnd := resolve(c, "local_end", in.LocalEnd, in.Zone)
	if !okStart || !okEnd {
		return t
	}
	switch {
	case end <= start:
		c.Add("local_end", "event.end_before_start")
	case end.Sub(start) > MaxLength:
		c.Add("local_end", "event.too_long", "hours", int(MaxLength.Hours()))
	}
	return Times{Start: start, End: end}
}

// resolve refuses wall times that do not occur, or occur twice, and names the
// nearest that are plain.
func resolve(c *fault.Check, field string, l calendar.Local, zone string) (calendar.Instant, bool) {
	if l == "" {
		c.Add(field, "required")
		return 0, false
	}
	at, reading, err := calendar.Resolve(l, zone, calendar.Reject)
	if err == nil {
		return at, true
	}
	if reading == calendar.Plain {
		code := "calendar.local"
		if e, ok := errors.AsType[*fault.Error](err); ok {
			code = e.Code
		}
		c.Add(field, code)
		return 0, false
	}
	earlier, later := aroundChange(l, zone)
	c.Add(field, "calendar."+reading.String(), "earlier", string(earlier), "later", string(later))
	return 0, false
}

// aroundChange looks minute by minute, at most three hours each way: no zone
// ever moved its clocks by more at once, but for whole days.
func aroundChange(l calendar.Local, zone string) (earlier, later calendar.Local) {
	plain := func(step time.Duration) calendar.Local {
		for by := step; by.Abs() <= 3*time.Hour; by += step {
			at := l.Add(by)
			if _, _, err := calendar.Resolve(at, zone, calendar.Reject); err == nil {
				return at
			}
		}
		return ""
	}
	return plain(-time.Minute), plain(time.Minute)
}

// checkID refuses ids that cannot be any; an id given by a client is compared
// bytewise everywhere.
func checkID(newID string) error {
	if newID == "" || id.Valid(newID) {
		return nil
	}
	var c fault.Check
	c.Add("id", "id.form")
	return c.Err()
}

// line and block keep what was typed where it is refused, so that the person
// can mend it.
func line(c *fault.Check, field, s string, limit int) string {
	clean, err := text.Line(s, limit)
	if err != nil {
		_ = c.Take(field, err) // text gives Invalid errors only
		return s
	}
	return clean
}

func block(c *fault.Check, field, s string, limit int) string {
	clean, err := text.Block(s, limit)
	if err != nil {
		_ = c.Take(field, err) // text gives Invalid errors only
		return s
	}
	return clean
}
