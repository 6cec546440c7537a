package outreach

import (
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// The times that LEDGER.md gives.
const (
	replyWithin    = notifications.Millis(15 * time.Minute / time.Millisecond)
	urgentWithin   = notifications.Millis(18 * time.Hour / time.Millisecond)
	changeAtOnce   = notifications.Millis(24 * time.Hour / time.Millisecond)
	changeAfter    = notifications.Millis(5 * time.Minute / time.Millisecond)
	changeAtLatest = notifications.Millis(30 * time.Minute / time.Millisecond)
	repeatAfter    = notifications.Millis(12 * time.Hour / time.Millisecond)
	// postponedWithin is how long news of a postponed event are of use.
	postponedWithin = notifications.Millis(72 * time.Hour / time.Millisecond)
	surveyWithin    = notifications.Millis(72 * time.Hour / time.Millisecond)
)

// Want is what a rule wants for a recipient, given the facts.
type Want struct {
	// Covered is false where the rule has nothing to say to the recipient, not
	// even that it says nothing.
	Covered bool
	// State is planned, suppressed or expired; Reason says why for the last two.
	State  notifications.State
	Reason notifications.Reason
	// Wish is when it should go out, Until when it is no longer useful.
	Wish, Until notifications.Millis
	Class       notifications.Class
	Told        notifications.Told
}

// Wanted reports whether a message should go out.
func (w Want) Wanted() bool { return w.Covered && w.State == notifications.Planned }

// When says what the rule wants for the person. It is pure: planner, recheck
// and timeline all call it and nothing else knows offsets, zones and limits.
func When(rule Rule, f Facts, p Person, now notifications.Millis) Want {
	w := Want{Covered: true, State: notifications.Planned, Class: notifications.Normal, Told: Told(f.Event, p.Registration)}
	if !mayTell(f.Event) {
		return Want{}
	}
	if p.Registration.ID == "" {
		return w.suppress(notifications.ReasonErased)
	}
	switch {
	case rule.ID == RulePending:
		w = whenPending(f, p, w)
	case p.Registration.State == registration.Unsettled || !p.Registration.Confirmed:
		return Want{}
	case rule.ID == RuleChange:
		w = whenChange(f, p, w)
	case rule.ID == RuleConfirmation:
		w = whenConfirmation(f, p, w)
	case rule.ID == RuleSurvey:
		w = whenSurvey(f, p, w)
	default:
		w = whenReminder(rule, f, p, w)
	}
	if !w.Covered || w.State == notifications.Suppressed {
		return w
	}
	w = w.offered()
	// who could not be reached anyway is told so, also after the event
	if reason := unreachable(rule, p); reason != "" {
		return w.suppress(reason)
	}
	if w.State == notifications.Expired {
		return w
	}
	if now > w.Until {
		return w.expire(notifications.ReasonLate)
	}
	w.Class = classOf(rule, f, p, w)
	return w
}

// offered cuts what speaks of an offer at its end: nobody is told of a place
// that they cannot take any more.
func (w Want) offered() Want {
	if w.Told.OfferUntil != 0 {
		w.Until = min(w.Until, w.Told.OfferUntil)
	}
	return w
}

func (w Want) suppress(r notifications.Reason) Want {
	w.State, w.Reason = notifications.Suppressed, r
	return w
}

func (w Want) expire(r notifications.Reason) Want {
	w.State, w.Reason = notifications.Expired, r
	return w
}

// unreachable says why nothing may be sent to the person for the rule.
func unreachable(rule Rule, p Person) notifications.Reason {
	switch {
	case p.Resident.ID == "" || p.Resident.ErasedAt != 0:
		return notifications.ReasonErased
	case p.Contact.ID == "" || p.Contact.Kind != contact.Email:
		return notifications.ReasonNoContact
	case p.Contact.OptedOutAt != 0:
		return notifications.ReasonOptedOut
	case p.Contact.State == contact.Blocked || p.Contact.SuppressedAt != 0:
		return notifications.ReasonBlocked
	case !p.Resident.Agrees(rule.Purpose):
		return notifications.ReasonNoConsent
	}
	return ""
}

func whenPending(f Facts, p Person, w Want) Want {
	r := p.Registration
	w.Wish, w.Until = notifications.Millis(r.CreatedAt), notifications.Millis(min(r.HoldUntil, f.Event.StartAt))
	_, planned := p.last(RulePending)
	switch {
	case r.State != registration.Pending && !planned:
		return Want{}
	case r.Confirmed:
		return w.suppress(notifications.ReasonAnswered)
	case r.State != registration.Pending:
		return w.suppress(notifications.ReasonNotRegistered)
	case f.Event.State != event.Published:
		return w.suppress(notifications.ReasonCancelled)
	}
	return w
}

func whenConfirmation(f Facts, p Person, w Want) Want {
	r := p.Registration
	// what staff enter or confirm follows no act of the person
	w.Wish, w.Until = notifications.Millis(max(r.ActedAt, joined(r))), notifications.Millis(f.Event.EndAt)
	switch {
	case !r.State.Live() && r.State != registration.Attended && r.State != registration.NotRecorded:
		return w.gone(r)
	case f.Event.State == event.Cancelled || f.Event.State == event.Postponed:
		return w.suppress(notifications.ReasonCancelled)
	case f.Event.State != event.Published:
		return w.expire(notifications.ReasonOver)
	}
	return w
}

// gone is the verdict on a registration that was given up.
func (w Want) gone(r registration.Registration) Want {
	switch r.Reason {
	case registration.ReasonMerged:
		return w.suppress(notifications.ReasonMerged)
	case registration.ReasonErased:
		return w.suppress(notifications.ReasonErased)
	}
	return w.suppress(notifications.ReasonNotRegistered)
}

// whenChange is due when the newest Told differs from the facts.
func whenChange(f Facts, p Person, w Want) Want {
	r := p.Registration
	told, ever := known(r, p.Rows)
	_, planned := p.last(RuleChange)
	if !ever || !p.news(told, w.Told) {
		if planned {
			return w.suppress(notifications.ReasonNothingNew)
		}
		return Want{}
	}
	if r.State == registration.Cancelled && (r.Reason == registration.ReasonMerged || r.Reason == registration.ReasonErased) {
		return w.gone(r)
	}
	start := notifications.Millis(f.Event.StartAt)
	if told.Start != 0 {
		start = min(start, told.Start)
	}
	first, last := notifications.Millis(f.Event.FirstEditAt), notifications.Millis(f.Event.LastEditAt)
	w.Wish = min(last+changeAfter, first+changeAtLatest)
	if seatOnly(told, w.Told) || start-last < changeAtOnce {
		w.Wish = max(last, notifications.Millis(r.CreatedAt))
	}
	w.Until = max(notifications.Millis(f.Event.EndAt), told.End)
	if told.Status == string(event.Postponed) {
		w.Until = max(w.Until, last+postponedWithin) // they wait for a day, whenever the old one was
	}
	return w
}

// seatOnly reports whether only the person's own seat is news: nobody edits
// that twice within minutes, so it waits for nothing.
func seatOnly(told, facts notifications.Told) bool {
	told.Seat, told.OfferUntil = facts.Seat, facts.OfferUntil
	return told.Same(facts)
}

func whenReminder(rule Rule, f Facts, p Person, w Want) Want {
	e, r := f.Event, p.Registration
	w.Wish, w.Until = rule.fires(e)
	switch {
	case rule.Reminder.Removed:
		return w.suppress(notifications.ReasonRuleRemoved)
	case r.State == registration.Cancelled:
		return w.gone(r)
	case r.State == registration.Waitlisted || r.State == registration.Offered:
		return w.suppress(notifications.ReasonNotRegistered)
	case e.State == event.Cancelled || e.State == event.Postponed:
		return w.suppress(notifications.ReasonCancelled)
	case w.Wish <= notifications.Millis(joined(r)):
		return w.expire(notifications.ReasonInConfirmation)
	case e.State != event.Published, r.State == registration.Attended, r.State == registration.NotRecorded:
		return w.expire(notifications.ReasonOver)
	}
	return w
}

// joined is when a registration first counted: what would have been said
// before is in its confirmation.
func joined(r registration.Registration) calendar.Instant {
	if r.ConfirmedAt != 0 {
		return r.ConfirmedAt
	}
	return r.CreatedAt
}

func whenSurvey(f Facts, p Person, w Want) Want {
	r := p.Registration
	if f.Survey == nil || f.Survey.State == survey.Planned {
		return Want{}
	}
	w.Wish = notifications.Millis(f.Survey.OpensAt)
	w.Until = min(w.Wish+surveyWithin, notifications.Millis(f.Survey.ClosesAt))
	came := r.State == registration.Attended ||
		!f.ByName && (r.State == registration.Registered || r.State == registration.NotRecorded)
	switch {
	case f.Event.State == event.Cancelled:
		return w.suppress(notifications.ReasonCancelled)
	case !came:
		return w.suppress(notifications.ReasonNotRegistered)
	case f.Survey.State == survey.Closed:
		return w.expire(notifications.ReasonOver)
	}
	return w
}

func classOf(rule Rule, f Facts, p Person, w Want) notifications.Class {
	acted := notifications.Millis(p.Registration.ActedAt)
	switch {
	case (rule.ID == RulePending || rule.ID == RuleConfirmation) && w.Wish-acted <= replyWithin:
		return notifications.Reply
	case rule.ID == RuleChange && notifications.Millis(f.Event.StartAt)-w.Wish < urgentWithin && w.Wish < notifications.Millis(f.Event.EndAt):
		return notifications.Urgent
	}
	return notifications.Normal
}
