package outreach

import (
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
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
	// againWithin is how long a link is of use that somebody asked for by a form:
	// over the next night, where the address has had its mail of the day.
	againWithin = notifications.Millis(36 * time.Hour / time.Millisecond)
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
	// Channel and Contact are the first reach, a guess where there is none.
	Channel string
	Contact contact.Contact
	// After is when a message may go that is kept by quiet hours now; 0 if none is.
	After notifications.Millis
	Told  notifications.Told

	// start is the one that makes a change urgent, urgentAt when one that is not
	// becomes so; 0 for never.
	start, urgentAt notifications.Millis
	// moved says that quiet hours moved the wish.
	moved bool
}

// Lane is where its row belongs.
func (w Want) Lane() notifications.Lane {
	return notifications.Lane{Class: w.Class, Channel: w.Channel}
}

// Wanted reports whether a message should go out.
func (w Want) Wanted() bool { return w.Covered && w.State == notifications.Planned }

// When says what the rule wants for the person. It is pure: planner, recheck
// and timeline all call it and nothing else knows offsets, zones and limits.
func When(rule Rule, f Facts, p Person, now notifications.Millis) Want {
	w := Want{
		Covered: true, State: notifications.Planned, Class: notifications.Normal,
		Channel: rule.Channels[0], Contact: p.Main(), Told: Told(f.Event, p.Registration),
	}
	if !mayTell(f.Event) {
		return Want{}
	}
	if p.stranger() {
		rule.Purpose = resident.ForNews // a change of what was news is news too
	}
	switch {
	// The rows of the erased lose their recipient: whatever else there is to say
	// of them, no row could be found again to say it.
	case p.Resident.ID == "", p.Resident.ErasedAt != 0, p.stranger() && !rule.strangersMay(p):
		if last, ok := p.last(rule.ID); ok {
			w.Told = last.Told
		}
		return w.suppress(notifications.ReasonErased)
	case rule.announces():
		w = whenAnnouncement(rule, f, p, w)
	case rule.ID == RulePending:
		w = whenPending(f, p, w)
	case rule.ID == RuleAgain:
		w = whenAgain(f, p, w)
	case !p.stranger() && (p.Registration.State == registration.Unsettled || !p.Registration.Confirmed):
		return Want{}
	case IsChange(rule.ID):
		w, rule = whenChange(rule, f, p, w, now)
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
	reach, reason := reachOf(rule, f, p)
	if reason != "" {
		return w.suppress(reason)
	}
	w.Channel, w.Contact = reach.Channel, reach.Contact
	return w.timed(rule, f, p, now)
}

// timed gives a message that has a way its class and its times.
func (w Want) timed(rule Rule, f Facts, p Person, now notifications.Millis) Want {
	// A time of day after the start is known to come too late before it comes;
	// quiet hours must not move it to an evening on which it was not wished for.
	if w.State == notifications.Planned && rule.Reminder != nil && w.Wish > w.Until {
		return w.expire(notifications.ReasonLate)
	}
	if w.State == notifications.Planned && isReply(rule, p, max(w.Wish, now)) {
		w.Class = notifications.Reply
	}
	w = w.quietly(f, now)
	switch {
	case rule.afterwards() && w.Wish < notifications.Millis(f.Event.EndAt):
		return w.expire(notifications.ReasonQuiet)
	case rule.Reminder != nil && w.Wish <= notifications.Millis(joined(p.Registration)):
		return w.expire(notifications.ReasonInConfirmation)
	case w.State == notifications.Planned && now > w.Until:
		return w.expire(notifications.ReasonLate)
	}
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

// reachOf is the first way of the rule to the person, or why nothing may be
// sent.
func reachOf(rule Rule, f Facts, p Person) (Reach, notifications.Reason) {
	ways := Reaches(rule, f.channels(), p)
	switch {
	case len(ways) == 0:
		return Reach{}, unreached(rule, f.channels(), p)
	case p.Resident.Agrees(rule.Purpose):
		return ways[0], ""
	case len(p.Contacts) == 0:
		// who left no contact was never asked to agree: a visit is no second reason
		return Reach{}, notifications.ReasonNoContact
	}
	return Reach{}, notifications.ReasonNoConsent
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

// whenAgain is the answer to a form for a registration that is there. Whoever
// found the page without it needs no link.
func whenAgain(f Facts, p Person, w Want) Want {
	r := p.Registration
	w.Wish = notifications.Millis(r.LinkAskedAt)
	w.Until = min(w.Wish+againWithin, notifications.Millis(f.Event.StartAt))
	if !r.Confirmed {
		w.Until = min(w.Until, notifications.Millis(r.HoldUntil))
	}
	switch {
	case r.LinkAskedAt == 0, r.State == registration.Unsettled, !r.Confirmed && r.State == registration.Waitlisted:
		return Want{}
	case !r.State.Live():
		return w.gone(r)
	case f.Event.State != event.Published:
		return w.suppress(notifications.ReasonCancelled)
	case r.ActedAt > r.LinkAskedAt:
		return w.suppress(notifications.ReasonAnswered)
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

func whenReminder(rule Rule, f Facts, p Person, w Want) Want {
	e, r := f.Event, p.Registration
	w.Wish, w.Until = rule.fires(e)
	counted := r.State == registration.Attended || r.State == registration.NotRecorded
	switch {
	case r.State == registration.Cancelled:
		return w.gone(r)
	case e.State == event.Cancelled || e.State == event.Postponed:
		return w.suppress(notifications.ReasonCancelled)
	case rule.afterwards():
		if !rule.covers(e, r) {
			return w.suppress(notifications.ReasonNotRegistered)
		}
		return w
	case !counted && !rule.covers(e, r):
		return w.suppress(notifications.ReasonNotRegistered)
	case e.State != event.Published, counted:
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

// isReply reports whether the message follows the person's own act so soon, at
// the moment, that it is an answer.
func isReply(rule Rule, p Person, at notifications.Millis) bool {
	acted := p.Registration.ActedAt
	switch rule.ID {
	case RulePending, RuleConfirmation:
	case RuleAgain:
		acted = p.Registration.LinkAskedAt
	default:
		return false
	}
	return at-notifications.Millis(acted) <= replyWithin
}
