package oracle

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// say is what a person would be told of the facts, in few words.
type say struct {
	status, seat, zone, place string
	start, end, offer         int64
}

// said reads a row's told, or what a page showed.
func said(t notifications.Told) say {
	if t.Seat == "cancelled" {
		return say{seat: t.Seat}
	}
	return say{t.Status, t.Seat, t.Zone, t.Place, int64(t.Start), int64(t.End), int64(t.OfferUntil)}
}

// now is what the facts say.
func (f Facts) now() say {
	s := say{
		status: "published", seat: "registered", zone: f.Event.Zone,
		start: int64(f.Event.StartAt), end: int64(f.Event.EndAt),
	}
	if f.Event.State == event.Cancelled || f.Event.State == event.Postponed {
		s.status = string(f.Event.State)
	}
	lines := []string{f.Event.Place.Name, f.Event.Place.Address, f.Event.Place.Link}
	s.place = strings.Join(slices.DeleteFunc(lines, func(l string) bool { return l == "" }), ", ")
	if f.Registration.ID == "" {
		s.seat = "none"
	}
	switch f.Registration.State {
	case registration.Pending, registration.Unsettled:
		s.seat = "pending"
	case registration.Waitlisted:
		s.seat = "waitlisted"
	case registration.Offered:
		s.seat, s.offer = "offered", int64(f.Registration.HoldUntil)
	case registration.Cancelled:
		return say{seat: "cancelled"}
	}
	return s
}

// there reports whether there is still somebody to tell.
func (f Facts) there() bool { return f.Resident.ID != "" && f.Resident.ErasedAt == 0 }

// main is the person's first contact.
func (f Facts) main() contact.Contact {
	if len(f.Contacts) == 0 {
		return contact.Contact{}
	}
	return f.Contacts[0]
}

// reach is the first of the person's contacts of the kind at which they may be
// told what the rule says, the zero contact if there is none. Who opted out at
// the main one is told nothing optional at all.
func (f Facts) reach(kind contact.Kind, rule string) contact.Contact {
	optional := rule != pending && rule != again && rule != confirmation && !isChange(rule)
	mainOnly := rule == pending || rule == again && !f.Registration.Confirmed // the link confirms it
	if !f.there() || optional && f.main().OptedOutAt != 0 {
		return contact.Contact{}
	}
	for i, c := range f.Contacts {
		if mainOnly && i > 0 {
			break
		}
		if c.Kind == kind && c.OptedOutAt == 0 && c.SuppressedAt == 0 && c.State != contact.Blocked {
			return c
		}
	}
	return contact.Contact{}
}

// reachable says whether a change may go to an address of the person's.
func (f Facts) reachable() bool { return f.reach(contact.Email, change).ID != "" }

// durable is L3: the row was sending, in the store, when it was handed over.
func (c *checker) durable(o HandOver) {
	if o.Row.State != notifications.Sending || o.Row.Batch == "" {
		c.addf("L3", o.Row, "handed over while it was %s", o.Row.State)
	}
}

// begunWithin is how long after its mark a hand-over may be begun.
const begunWithin = 5000

// inTime is L6: what was in time when it was marked may be begun a little later.
func (c *checker) inTime(o HandOver) {
	due := func(at notifications.Millis) bool { return at >= o.Row.Wish && at <= o.Row.Until+begunWithin }
	if o.Row.Until == 0 || !slices.ContainsFunc(o.clocks(), due) {
		c.addf("L6", o.Row, "handed over at %d, wished for %d, useful until %d", o.At, o.Row.Wish, o.Row.Until)
	}
}

// trueThen is L4: what was handed over was true, and allowed, at some moment in
// the seconds before it. Facts are read one after another, and each counts by
// itself.
func (c *checker) trueThen(o HandOver) {
	now := &checker{}
	now.isTrue(o, o.Facts)
	if len(now.found) == 0 {
		return
	}
	for _, f := range mixed(append([]Facts{o.Facts}, o.Before...)) {
		then := &checker{}
		if then.isTrue(o, f); len(then.found) == 0 {
			return
		}
	}
	c.found = append(c.found, now.found...)
}

// mixed are all facts that somebody may have read who read the event, the
// registration and the person at different moments.
func mixed(moments []Facts) []Facts {
	if len(moments) < 2 {
		return nil
	}
	var all []Facts
	for _, of := range moments {
		for _, on := range moments {
			for _, by := range moments {
				f := of
				f.Registration, f.Others = on.Registration, on.Others
				f.Resident, f.Contacts = by.Resident, by.Contacts
				all = append(all, f)
			}
		}
	}
	return all
}

func (c *checker) isTrue(o HandOver, f Facts) {
	if to := f.reach(contact.Email, o.Row.Rule); to.ID == "" || o.Message.Contact != to.ID {
		c.addf("L4", o.Row, "handed over to somebody who may not be reached there")
		return
	}
	c.saysTrue(o.At, o.Row, f)
	c.calendar(o, f)
}

// saysTrue holds what a row says, and that it says it, to the facts.
func (c *checker) saysTrue(at notifications.Millis, row notifications.Row, f Facts) {
	if got, want := said(row.Told), f.now(); got != want {
		c.addf("L4", row, "said %+v, and the facts were %+v", got, want)
	}
	if why := f.refuse(row); why != "" {
		c.addf("L4", row, "%s", why)
	}
	if f.double() {
		c.addf("L4", row, "told by one of two registrations of one person")
	}
	if until := row.Told.OfferUntil; until != 0 && at > until+begunWithin {
		c.addf("L4", row, "told of a place that had been offered until %d", until)
	}
}

// double reports whether the person holds two registrations of the event, one
// of which is to be given up.
func (f Facts) double() bool {
	return holds(f.Registration) && slices.ContainsFunc(f.Others, holds)
}

func holds(r registration.Registration) bool {
	return r.State.Live() || r.State == registration.Unsettled
}

// refuse says why a row's message should not have gone out.
func (f Facts) refuse(row notifications.Row) string {
	switch row.Rule {
	case pending:
		return f.refusePending()
	case again:
		return f.refuseAgain()
	case change, changeOnPaper:
		if f.Registration.Reason == registration.ReasonMerged || f.Registration.Reason == registration.ReasonErased {
			return "told of a registration that is " + f.Registration.Reason
		}
		if f.Registration.ID == "" {
			return f.needs(resident.ForNews)
		}
		return f.needs(resident.ForRegistration)
	case confirmation:
		came := f.Registration.State == registration.Attended || f.Registration.State == registration.NotRecorded
		if f.Event.State != event.Published || !came && !f.Registration.State.Live() {
			return "confirmed what is " + string(f.Event.State) + " and " + string(f.Registration.State)
		}
		return f.needs(resident.ForRegistration)
	case surveying:
		if f.Survey.State != survey.Open && f.Survey.State != survey.Opening || f.Event.State == event.Cancelled {
			return "asked how it was by a survey that is " + string(f.Survey.State)
		}
		return f.needs(resident.ForSurveys)
	}
	return f.refuseReminder(row)
}

func (f Facts) refusePending() string {
	if f.Registration.Confirmed || f.Registration.State != registration.Pending || f.Event.State != event.Published {
		return "asked to confirm what is " + string(f.Registration.State)
	}
	return ""
}

func (f Facts) refuseAgain() string {
	if f.Registration.LinkAskedAt == 0 || !f.Registration.State.Live() || f.Event.State != event.Published {
		return "gave the link of what is " + string(f.Registration.State)
	}
	return ""
}

// needs is empty where the person gave the consent.
func (f Facts) needs(p resident.Purpose) string {
	given := false
	for _, c := range f.Resident.Consents {
		if c.Purpose == p {
			given = c.Given
		}
	}
	if !given {
		return "sent without consent to " + string(p)
	}
	if f.Registration.ID != "" && !f.Registration.Confirmed {
		return "sent to somebody who has not confirmed"
	}
	return ""
}

// calendar compares the calendar part with the facts: it is what a person's
// telephone will go by.
func (c *checker) calendar(o HandOver, f Facts) {
	if len(o.Message.Calendar) == 0 {
		return
	}
	cancelled := f.Event.State == event.Cancelled || f.Registration.State == registration.Cancelled
	if cancelled != (o.Message.Method == "CANCEL") {
		c.addf("L4", o.Row, "calendar method %s for an event that is %s", o.Message.Method, f.Event.State)
	}
	start := time.UnixMilli(int64(f.Event.StartAt)).UTC().Format("20060102T150405Z")
	zone, err := time.LoadLocation(f.Event.Zone)
	local := start
	if err == nil {
		local = time.UnixMilli(int64(f.Event.StartAt)).In(zone).Format("20060102T150405")
	}
	if !bytes.Contains(o.Message.Calendar, []byte(start)) && !bytes.Contains(o.Message.Calendar, []byte(local)) {
		c.addf("L4", o.Row, "calendar part without the start %s", start)
	}
}
