package outreach

import (
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// whenChange is due when the newest Told differs from the facts. An urgent one
// goes by every channel at once: the rule "change" then stands for mail, and
// each other channel has a rule of its own. One that is not urgent is the one
// row of "change", by the first channel that reaches the person. It returns
// the rule with the channels that it has now.
func whenChange(rule Rule, f Facts, p Person, w Want, now notifications.Millis) (Want, Rule) {
	row, planned := p.last(rule.ID)
	nothing := Want{}
	if planned {
		nothing = w.suppress(notifications.ReasonNothingNew)
	}
	told, news := heard(rule.ID, f, p, w.Told, true)
	if !news || p.Kept {
		return nothing, rule
	}
	first := rule.ID == RuleChange
	if r := p.Registration; r.State == registration.Cancelled &&
		(r.Reason == registration.ReasonMerged || r.Reason == registration.ReasonErased) {
		if !first && !planned {
			return Want{}, rule // what one channel does not tell, no other one does
		}
		return w.gone(r), rule
	}
	w = w.changeTimes(f, p, told)
	if w = w.hurry(f, p, told, now); w.Class == notifications.Urgent {
		switch {
		case first:
			rule.Channels = []string{rule.urgently(f, p, w.Told)}
		case !rule.besides(f, p, w.Told):
			if planned && rule.urgently(f, p, w.Told) != rule.Channels[0] && !rule.hasContact(f, p) {
				// there is something to tell, and whoever was to be called has no phone any more
				return w.suppress(unreached(rule, f.channels(), p)), rule
			}
			return nothing, rule
		}
		return w, rule
	}
	if !first && planned && row.State != notifications.Suppressed && now > w.Until {
		return w.expire(notifications.ReasonLate), rule
	}
	if told, news = heard(rule.ID, f, p, w.Told, false); !news || !first {
		return nothing, rule
	}
	return w.changeTimes(f, p, told), rule
}

// heard is what the person knows as far as the rule is concerned, and whether
// the facts are news to them.
func heard(rule string, f Facts, p Person, facts notifications.Told, urgent bool) (notifications.Told, bool) {
	told, ever := known(rule, p, facts, urgent)
	if !ever && !p.stranger() {
		told, ever = byMouth(f, p, facts)
	}
	return told, ever && p.news(told, facts)
}

// byMouth is what somebody was told who cannot be mailed and had no message by
// any other channel: whoever entered the registration said what was true then.
// Only that the event is another now is known of it.
func byMouth(f Facts, p Person, facts notifications.Told) (notifications.Told, bool) {
	e := f.Event
	changed := e.State.Told() != event.Published || e.LastEditAt > joined(p.Registration)
	if !changed || facts.Seat == SeatCancelled || mailOnly.mayGo(f, p) {
		return notifications.Told{}, false
	}
	return notifications.Told{Status: string(event.Published), Seat: facts.Seat}, true
}

// mailOnly asks for the ways by mail of what is not optional.
var mailOnly = Rule{ID: RuleConfirmation, Purpose: resident.ForRegistration, Channels: []string{Mail}}

// changeTimes waits for the editor to be done, and for nothing where the start
// is near or nobody edits.
func (w Want) changeTimes(f Facts, p Person, told notifications.Told) Want {
	start := notifications.Millis(f.Event.StartAt)
	if told.Start != 0 {
		start = min(start, told.Start)
	}
	first, last := notifications.Millis(f.Event.FirstEditAt), notifications.Millis(f.Event.LastEditAt)
	w.Wish = min(last+changeAfter, first+changeAtLatest)
	if seatOnly(told, w.Told) || start-last < changeAtOnce {
		w.Wish = max(last, notifications.Millis(p.Registration.CreatedAt))
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

// hurry makes the change urgent where people would set out within 18 hours:
// for the start that they know of, or for the one that it has now. It counts
// from the wish, so that it is the same whenever it is planned; what waits for
// its hand-over becomes urgent as time passes, and stays so until the event is
// over.
func (w Want) hurry(f Facts, p Person, told notifications.Told, now notifications.Millis) Want {
	at := w.Wish
	if p.waits(w.Told) {
		at = max(at, now)
	}
	near := func(start, end notifications.Millis) {
		if soon := start - urgentWithin + 1; soon > at && (w.urgentAt == 0 || soon < w.urgentAt) {
			w.urgentAt = soon
		}
		if start == 0 || start-at >= urgentWithin || max(at, now) >= end {
			return
		}
		if w.start == 0 || start < w.start {
			w.start = start
		}
		w.Class = notifications.Urgent
	}
	near(notifications.Millis(f.Event.StartAt), notifications.Millis(f.Event.EndAt))
	if told.Status == string(event.Published) {
		near(told.Start, told.End)
	}
	return w
}

// waits reports whether a change row for the facts is still to be handed over,
// or was urgent.
func (p Person) waits(facts notifications.Told) bool {
	for _, row := range p.allRows() {
		kept := row.State == notifications.Suppressed || row.State == notifications.Expired
		if IsChange(row.Rule) && !kept && row.Told.Same(facts) && (row.Class == notifications.Urgent || !row.Final()) {
			return true
		}
	}
	return false
}

// urgently is the channel of the rule "change" when it is urgent: mail, or that
// at which its row for these facts stands since before it was. What only waits
// there goes by mail once there is an address: nobody need wait for a call.
func (r Rule) urgently(f Facts, p Person, facts notifications.Told) string {
	row, there := p.underWay(RuleChange, facts)
	r.Channels = []string{Mail}
	waits := row.State == notifications.Planned && !row.WasUnknown
	if !there || waits && r.mayGo(f, p) {
		return Mail
	}
	return row.Channel
}

// underWay is the rule's last row, if it says the facts and is to be handed
// over, is being, or was.
func (p Person) underWay(rule string, facts notifications.Told) (notifications.Row, bool) {
	row, there := p.last(rule)
	gone := row.State == notifications.Dead || row.State == notifications.Suppressed || row.State == notifications.Expired
	return row, there && !gone && row.Told.Same(facts)
}

// mayGo reports whether there is a way to the person by the rule's channels.
func (r Rule) mayGo(f Facts, p Person) bool { return len(Reaches(r, f.channels(), p)) > 0 }

// hasContact reports whether the rule's first way to the person is a contact,
// and no letter or visit.
func (r Rule) hasContact(f Facts, p Person) bool {
	ways := Reaches(r, f.channels(), p)
	return len(ways) > 0 && ways[0].Contact.ID != ""
}

// besides reports whether an urgent change goes by the rule's channel too: for
// whoever has a contact for it, and without one for whoever mail does not
// reach. What "change" sends that way is not sent twice.
func (r Rule) besides(f Facts, p Person, facts notifications.Told) bool {
	if r.urgently(f, p, facts) == r.Channels[0] {
		return false
	}
	ways := Reaches(r, f.channels(), p)
	if len(ways) == 0 {
		return false
	}
	if ways[0].Contact.ID != "" || !mailOnly.mayGo(f, p) {
		return true
	}
	mail, there := p.last(RuleChange)
	return there && mail.State == notifications.Dead && mail.Told.Same(facts)
}
