package reminder

import (
	"slices"
	"strconv"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// Bounds of a rule.
const (
	// MaxRules is how many rules an event or a unit may have, removed ones not counted.
	MaxRules        = 5
	MaxMinutes      = 43_200 // 30 days
	MaxDays         = 30
	MaxLateMinutes  = 1_440
	defaultLate     = 120
	defaultLateNews = MaxLateMinutes
)

// channels are those that a rule may name, and the first one is a rule's own if
// it names none. SMS and others come with their senders.
var channels = []string{"smtp", "paper"}

// Input is a rule as an organizer fills it in: either MinutesBefore or
// MinutesAfter, or At with DaysBefore or DaysAfter. LateMinutes 0 means 120, or
// a day for news; no OnUnknown means Resend, no channels mean mail alone,
// no audience means those registered. With Overrides all that is left out
// is taken over from that rule instead.
type Input struct {
	// Type, Overrides and the phase of the audience are fixed once a rule is made.
	Type      event.Type
	Overrides string
	// Off switches off what the rule overrides.
	Off           bool
	Audience      []Audience
	MinutesBefore int
	MinutesAfter  int
	DaysBefore    int
	DaysAfter     int
	At            string
	LateMinutes   int
	OnUnknown     OnUnknown
	Channels      []string
}

// Default is the one rule of a new event: at 19:00 on the day before.
func Default() Input { return Input{DaysBefore: 1, At: "19:00"} }

// Check gives the input with its defaults, or one Invalid error that names
// every refused field.
func (in Input) Check() (Input, error) {
	var c fault.Check
	in.checkTimes(&c)
	in.checkAudience(&c)
	if in.Type != "" && !slices.Contains(event.Types(), in.Type) {
		c.Add("type", "event.type")
	}
	if in.Off && in.Overrides == "" {
		c.Add("off", "reminder.off")
	}
	if in.Overrides == "" {
		in.checkPhase(&c, phaseOf(in.Audience))
		in = in.defaults()
	}
	if in.LateMinutes != 0 {
		within(&c, "late_minutes", in.LateMinutes, 1, MaxLateMinutes)
	}
	if in.OnUnknown != "" && in.OnUnknown != Resend && in.OnUnknown != Leave {
		c.Add("on_unknown", "reminder.on_unknown")
	}
	in.checkChannels(&c)
	return in, c.Err()
}

// defaults fills what was left out.
func (in Input) defaults() Input {
	if len(in.Audience) == 0 {
		in.Audience = []Audience{Registered}
	}
	if in.LateMinutes == 0 {
		in.LateMinutes = defaultLate
		if phaseOf(in.Audience) == Announcement {
			in.LateMinutes = defaultLateNews
		}
	}
	if in.OnUnknown == "" {
		in.OnUnknown = Resend
	}
	if len(in.Channels) == 0 {
		in.Channels = slices.Clone(channels[:1])
	}
	return in
}

// checkTimes wants one way to name a time; what overrides may take it over.
func (in Input) checkTimes(c *fault.Check) {
	ways := 0
	for _, set := range []bool{in.MinutesBefore != 0, in.MinutesAfter != 0, in.At != ""} {
		if set {
			ways++
		}
	}
	days := in.DaysBefore != 0 || in.DaysAfter != 0
	switch {
	case ways == 0 && !days && in.Overrides != "":
	case ways != 1, days && in.At == "", in.DaysBefore != 0 && in.DaysAfter != 0:
		c.Add("at", "reminder.one_of")
	}
	within(c, "minutes_before", in.MinutesBefore, 0, MaxMinutes)
	within(c, "minutes_after", in.MinutesAfter, 0, MaxMinutes)
	within(c, "days_before", in.DaysBefore, 0, MaxDays)
	within(c, "days_after", in.DaysAfter, 0, MaxDays)
	if in.At != "" {
		if _, err := calendar.ParseClock(in.At); err != nil {
			c.Add("at", calendar.ErrClock.Code)
		}
	}
}

// checkAudience wants groups of one phase, each once; news stand alone.
func (in Input) checkAudience(c *fault.Check) {
	for i, a := range in.Audience {
		switch {
		case !slices.Contains(Audiences(), a), slices.Contains(in.Audience[:i], a):
			c.Add("audience."+strconv.Itoa(i), "reminder.audience")
		case phaseOf([]Audience{a}) != phaseOf(in.Audience):
			c.Add("audience", "reminder.phase")
			return
		}
	}
}

// checkPhase wants a time before the event of what is said before it, and one
// after of what is said after it.
func (in Input) checkPhase(c *fault.Check, p Phase) {
	switch {
	case len(in.Audience) > 0 && phaseOf(in.Audience) != p:
		c.Add("audience", "reminder.phase")
	case p == After && (in.MinutesBefore != 0 || in.DaysBefore != 0):
		c.Add("at", "reminder.phase")
	case p != After && (in.MinutesAfter != 0 || in.DaysAfter != 0):
		c.Add("at", "reminder.phase")
	}
}

func (in Input) checkChannels(c *fault.Check) {
	if len(in.Channels) > len(channels) {
		c.Add("channels", "list.too_long", "max", len(channels))
		return
	}
	for i, ch := range in.Channels {
		if !slices.Contains(channels, ch) || slices.Contains(in.Channels[:i], ch) {
			c.Add("channels."+strconv.Itoa(i), "reminder.channel")
		}
	}
}

func within(c *fault.Check, field string, n, low, high int) {
	if n < low || n > high {
		c.Add(field, "number.range", "min", low, "max", high)
	}
}

func (in Input) fill(r *Rule) {
	r.Type, r.Overrides, r.Off, r.Audience = in.Type, in.Overrides, in.Off, in.Audience
	r.MinutesBefore, r.MinutesAfter = in.MinutesBefore, in.MinutesAfter
	r.DaysBefore, r.DaysAfter, r.At = in.DaysBefore, in.DaysAfter, in.At
	r.LateMinutes, r.OnUnknown, r.Channels = in.LateMinutes, in.OnUnknown, in.Channels
}

// Input is the rule as it was filled in.
func (r Rule) Input() Input {
	return Input{
		Type: r.Type, Overrides: r.Overrides, Off: r.Off, Audience: r.Audience,
		MinutesBefore: r.MinutesBefore, MinutesAfter: r.MinutesAfter,
		DaysBefore: r.DaysBefore, DaysAfter: r.DaysAfter, At: r.At,
		LateMinutes: r.LateMinutes, OnUnknown: r.OnUnknown, Channels: r.Channels,
	}
}
