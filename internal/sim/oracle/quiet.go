package oracle

import (
	"slices"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// Hours of the day between which a normal message may go, in the event's zone.
const (
	mailFrom, mailTo     = 7, 21
	callFrom, callTo     = 8, 17
	urgentFrom, urgentTo = 5, 23
	anHour               = 60 * 60 * 1000
)

// inQuiet is L5: nothing comes at night but an answer to the person's own act,
// and what cannot wait.
func (c *checker) inQuiet(o HandOver) {
	if o.Row.ID == "" {
		return
	}
	e := o.Facts.Event
	switch o.Row.Class {
	case notifications.Reply:
		acted := notifications.Millis(o.Facts.Registration.ActedAt)
		if o.Row.Rule == pending {
			acted = max(acted, notifications.Millis(o.Facts.Registration.CreatedAt))
		}
		if o.Row.Rule == again {
			acted = notifications.Millis(o.Facts.Registration.LinkAskedAt)
		}
		if isChange(o.Row.Rule) || slices.Min(o.clocks()) > acted+15*60*1000+begunWithin {
			c.addf("L5", o.Row, "handed over as a reply %d ms after the person's act", o.At-acted)
		}
	case notifications.Urgent:
		start := notifications.Millis(e.StartAt)
		if !isChange(o.Row.Rule) || start-o.Row.Wish >= 18*anHour && start-o.At >= 18*anHour && told(o) >= 18*anHour {
			c.addf("L5", o.Row, "urgent, %d ms before the start, and %d before the one that was told last", start-o.At, told(o))
		}
		if start-o.At > 6*anHour && told(o) > 6*anHour && !within(o, e.Zone, urgentFrom, urgentTo) {
			c.addf("L5", o.Row, "urgent at night, and the start is not near")
		}
	case notifications.Normal:
		from, to := mailFrom, mailTo
		if o.Row.Channel == paper.Channel {
			from, to = callFrom, callTo
		}
		if !within(o, e.Zone, from, to) {
			c.addf("L5", o.Row, "handed over at %s in %s", time.UnixMilli(int64(o.At)).UTC().Format(time.DateTime), e.Zone)
		}
	}
}

// told is how long before the start that the person was told of it is: who was
// told of this evening has to hear of another day at once.
func told(o HandOver) notifications.Millis {
	if o.ToldBefore == 0 {
		return 1 << 60
	}
	return o.ToldBefore - o.At
}

// within reports whether the clock on the wall stands between the hours, or that
// of the worker, give or take the seconds within which a marked row may be begun.
func within(o HandOver, zone string, from, to int) bool {
	at, err := time.LoadLocation(zone)
	if err != nil {
		return false
	}
	for _, clock := range o.clocks() {
		for _, slack := range []notifications.Millis{0, begunWithin} {
			hour := time.UnixMilli(int64(clock - slack)).In(at).Hour()
			if hour >= from && hour < to {
				return true
			}
		}
	}
	return false
}

func isChange(rule string) bool { return rule == change || strings.HasPrefix(rule, change+"_") }
