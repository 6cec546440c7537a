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
		wished := notifications.Millis(e.StartAt) - o.Row.Wish
		if !isChange(o.Row.Rule) || wished >= 18*anHour && !o.near(18*anHour) {
			c.addf("L5", o.Row, "urgent, %d ms before people set out, and wished for %d ms before the start", o.start()-o.At, wished)
		}
		if !o.near(6*anHour+1) && !within(o, e.Zone, urgentFrom, urgentTo) {
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

// start is when the person sets out at the earliest, as it is or as they were told
// last: who was told of this evening has to hear of another day at once.
func (o HandOver) start() notifications.Millis {
	start := notifications.Millis(o.Facts.Event.StartAt)
	if o.ToldBefore == 0 {
		return start
	}
	return min(start, o.ToldBefore)
}

// near reports whether they set out within the time, by the clock on the wall or
// by that of the worker.
func (o HandOver) near(within notifications.Millis) bool {
	return o.start()-slices.Max(o.clocks()) < within
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
