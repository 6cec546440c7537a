package outreach

import (
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// anyHour is how near a start has to be for an urgent message to wake people.
const anyHour = notifications.Millis(6 * time.Hour / time.Millisecond)

// morningRoom is how long what waited for the end of the quiet hours needs to go: one
// that is of use until that very minute would always come too late.
const morningRoom = notifications.Millis(5 * time.Minute / time.Millisecond)

// hours are quiet ones: from an evening's minute of the day to the next
// morning's. before is the wall time of that evening at which a message goes
// that would be too late in the morning; "" where none does.
type hours struct {
	from, to int
	before   string
}

// hoursOf are the quiet hours of a class by channels of the kind; false where
// it keeps none.
func hoursOf(class notifications.Class, kind contact.Kind) (hours, bool) {
	switch {
	case class == notifications.Reply:
		return hours{}, false
	case class == notifications.Urgent:
		return hours{from: 23 * 60, to: 5 * 60}, true
	case kind == "":
		return hours{from: 17 * 60, to: 8 * 60, before: "16:30"}, true
	}
	return hours{from: 21 * 60, to: 7 * 60, before: "20:30"}, true
}

// night is one span of quiet hours.
type night struct {
	// eve is when a message goes that cannot wait, 0 for never; end is the
	// first moment after.
	eve, end notifications.Millis
}

// night finds the quiet hours that the moment lies in. A time that clocks skip
// or show twice ends them at the later reading, so that no clock shows a quiet
// hour after the end.
func (h hours) night(at notifications.Millis, zone string) (night, bool) {
	local := calendar.InZone(calendar.Instant(at), zone)
	minute := local.Hour()*60 + local.Minute()
	if minute < h.from && minute >= h.to {
		return night{}, false
	}
	evening := calendar.DateOf(calendar.Instant(at), zone)
	if minute < h.to {
		evening = evening.AddDays(-1)
	}
	morning := evening.AddDays(1).At("00:00").Add(time.Duration(h.to) * time.Minute)
	end, _, err := calendar.Resolve(morning, zone, calendar.Later)
	if err != nil {
		return night{}, false // no zone, no night: zones are checked before they are stored
	}
	n := night{end: notifications.Millis(end)}
	if h.before != "" {
		if eve, _, err := calendar.Resolve(evening.At(h.before), zone, calendar.Earlier); err == nil {
			n.eve = notifications.Millis(eve)
		}
	}
	return n, true
}

// quietly keeps the quiet hours (L5). A wish that falls into them moves to
// their end where that leaves some minutes to Until, else to the evening before; Until
// stays the rule's, which is why a hand-over between a moved wish and Until is
// in time by L6 whichever way it moved. A message that is late, so that now
// lies in quiet hours, waits for their end (After), or is expired(quiet) where
// the end is past Until: an evening that was missed included.
//
// The moved wish lies in no quiet hours, but for a change that becomes urgent
// during them. So a reminder whose times were pinned
// from its row gets the same verdict as at its planning.
func (w Want) quietly(f Facts, now notifications.Millis) Want {
	h, keeps := hoursOf(w.Class, f.channels()[w.Channel])
	if !keeps {
		return w
	}
	if n, in := h.night(w.Wish, f.Event.Zone); in && !w.wakes(w.Wish) {
		switch {
		case n.end+morningRoom <= w.Until:
			w.Wish, w.moved = w.rest(w.Wish, n.end), true
		case n.eve != 0:
			w.Wish, w.moved = n.eve, true
		}
	}
	if now < w.Wish || w.State != notifications.Planned || now > w.Until {
		return w
	}
	if n, in := h.night(now, f.Event.Zone); in && !w.wakes(now) {
		if n.end+morningRoom > w.Until {
			return w.expire(notifications.ReasonQuiet)
		}
		w.After = w.rest(now, n.end)
	}
	return w
}

// rest is how long a message keeps quiet: until the end of the hours, or until
// the start is so near that it is urgent, which has other hours.
func (w Want) rest(from, end notifications.Millis) notifications.Millis {
	if from < w.urgentAt && w.urgentAt < end {
		return w.urgentAt
	}
	return end
}

// wakes reports whether the message goes at any hour at the moment.
func (w Want) wakes(at notifications.Millis) bool {
	return w.Class == notifications.Urgent && w.start-at < anyHour
}
