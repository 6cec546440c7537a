package reminder

import (
	"slices"
	"strconv"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// Bounds of a rule.
const (
	// MaxRules is how many rules an event may have, removed ones not counted.
	MaxRules         = 5
	MaxMinutesBefore = 43_200 // 30 days
	MaxDaysBefore    = 30
	MaxLateMinutes   = 1_440
	defaultLate      = 120
)

// channels that messages go by so far; paper, SMS and others come with their senders.
var channels = []string{"smtp"}

// Input is a rule as an organizer fills it in: either MinutesBefore, or At
// (with DaysBefore). LateMinutes 0 means 120, no OnUnknown means Resend, no
// channels mean all that there are.
type Input struct {
	MinutesBefore int
	DaysBefore    int
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
	switch {
	case in.MinutesBefore != 0 && (in.At != "" || in.DaysBefore != 0):
		c.Add("at", "reminder.one_of")
	case in.MinutesBefore == 0 && in.At == "":
		c.Add("at", "reminder.one_of")
	}
	within(&c, "minutes_before", in.MinutesBefore, 0, MaxMinutesBefore)
	within(&c, "days_before", in.DaysBefore, 0, MaxDaysBefore)
	if in.At != "" {
		if _, err := calendar.ParseClock(in.At); err != nil {
			c.Add("at", calendar.ErrClock.Code)
		}
	}
	if in.LateMinutes == 0 {
		in.LateMinutes = defaultLate
	}
	within(&c, "late_minutes", in.LateMinutes, 1, MaxLateMinutes)
	if in.OnUnknown == "" {
		in.OnUnknown = Resend
	}
	if in.OnUnknown != Resend && in.OnUnknown != Leave {
		c.Add("on_unknown", "reminder.on_unknown")
	}
	in.checkChannels(&c)
	return in, c.Err()
}

func (in *Input) checkChannels(c *fault.Check) {
	if len(in.Channels) == 0 {
		in.Channels = slices.Clone(channels)
	}
	if len(in.Channels) > len(channels) {
		c.Add("channels", "list.too_long", "max", len(channels))
		return
	}
	for i, ch := range in.Channels {
		if !slices.Contains(channels, ch) {
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
	r.MinutesBefore, r.DaysBefore, r.At = in.MinutesBefore, in.DaysBefore, in.At
	r.LateMinutes, r.OnUnknown, r.Channels = in.LateMinutes, in.OnUnknown, in.Channels
}

// Input is the rule as it was filled in.
func (r Rule) Input() Input {
	return Input{
		MinutesBefore: r.MinutesBefore, DaysBefore: r.DaysBefore, At: r.At,
		LateMinutes: r.LateMinutes, OnUnknown: r.OnUnknown, Channels: r.Channels,
	}
}
