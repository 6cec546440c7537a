package outreach

import (
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// announces reports whether the rule tells those who agree to news of an event
// that they may come.
func (r Rule) announces() bool {
	return r.Reminder != nil && r.Reminder.Phase() == reminder.Announcement
}

// afterwards reports whether the rule speaks when the event is over.
func (r Rule) afterwards() bool {
	return r.Reminder != nil && r.Reminder.Phase() == reminder.After
}

// audienceOf are the groups that the holder of a registration belongs to.
func audienceOf(e event.Event, r registration.Registration) []reminder.Audience {
	switch r.State {
	case registration.Registered:
		if r.Said(e.Revision) == registration.NotAnswered {
			return []reminder.Audience{reminder.Registered, reminder.NotAnswered}
		}
		return []reminder.Audience{reminder.Registered}
	case registration.Waitlisted:
		return []reminder.Audience{reminder.Waitlisted}
	case registration.Attended:
		return []reminder.Audience{reminder.Attended}
	case registration.NotRecorded:
		return []reminder.Audience{reminder.NotRecorded}
	}
	return nil
}

// covers reports whether the rule speaks to the holder of the registration. A
// row's own rule did when it was planned: the row's basis says whether that may
// have changed since.
func (r Rule) covers(e event.Event, reg registration.Registration) bool {
	return r.pin != nil || slices.ContainsFunc(audienceOf(e, reg), r.Reminder.Covers)
}

// ReadersOf chooses those to whom the event is news: people of its village, or
// of its lead unit where it has none.
func ReadersOf(e event.Event) resident.Readers {
	if e.Village != "" {
		return resident.Readers{Village: e.Village}
	}
	return resident.Readers{Unit: e.Unit}
}

// reads reports whether the event is news to the person.
func reads(e event.Event, r resident.Resident) bool {
	if e.Village != "" {
		return r.Village == e.Village
	}
	return r.Unit == e.Unit
}

// stranger reports whether the person has no registration, and was or will be
// told of the event by an announcement alone.
func (p Person) stranger() bool { return p.Registration.ID == "" }

// announced reports whether the stranger has rows of an announcement.
func (p Person) announced() bool {
	for _, row := range p.Rows {
		if row.Told.Seat == SeatNone {
			return true
		}
	}
	return false
}

// whenAnnouncement is due for whoever may read it and has not answered it by a
// registration, whatever became of that.
func whenAnnouncement(rule Rule, f Facts, p Person, w Want) Want {
	_, planned := p.last(rule.ID)
	planned = planned || rule.pin != nil
	w.Wish, w.Until = rule.fires(f.Event)
	mine := reads(f.Event, p.Resident) && p.Resident.ErasedAt == 0
	merged := p.Resident.ID != "" && p.Resident.ID != ResidentOf(p.Recipient)
	answered := !p.stranger() || p.Elsewhere
	switch {
	case !planned && (answered || merged || !mine || !p.Resident.Agrees(resident.ForNews)):
		return Want{}
	case answered:
		return w.suppress(notifications.ReasonAnswered)
	case merged: // it is announced to the record that lives on
		return w.suppress(notifications.ReasonMerged)
	case !mine && p.Resident.ErasedAt == 0:
		return w.suppress(notifications.ReasonNotRegistered)
	case f.Event.State == event.Cancelled || f.Event.State == event.Postponed:
		return w.suppress(notifications.ReasonCancelled)
	case f.Event.State != event.Published:
		return w.expire(notifications.ReasonOver)
	}
	return w
}

// strangersMay says which rules speak to people without a registration: the
// announcement, and the change of what it said. Other rows are of registrations
// that were deleted with their event.
func (r Rule) strangersMay(p Person) bool {
	return r.announces() || IsChange(r.ID) && p.announced() && !p.Elsewhere
}
