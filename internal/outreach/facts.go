package outreach

import (
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Facts are what is known of one event.
type Facts struct {
	Event event.Event
	// Survey is nil where the event has none yet.
	Survey *survey.Survey
	// Channels are those of the composition, DefaultChannels if nil.
	Channels Channels
	// ByName says that people of this event were recorded as attended, so that
	// only those are asked how it was.
	ByName bool
}

// Person is what is known of one recipient of the event.
type Person struct {
	// Recipient is "resident:ID".
	Recipient string
	// Registration is the zero value where there is none any more.
	Registration registration.Registration
	// Resident is the zero value where the person was erased.
	Resident resident.Resident
	// Contacts are all contacts of the resident, the main one first.
	Contacts []contact.Contact
	// Double says that another record of the person, merged with this one, holds
	// a registration too; it is Unsettled then, until one of them is cancelled.
	Double bool
	// Unsettled says that the roll has decided something that the registration
	// does not show yet.
	Unsettled bool
	// Elsewhere says that another record of the person has the registration that
	// this one has not.
	Elsewhere bool
	// Rows are all rows of the recipient for this event.
	Rows []notifications.Row
	// Others are rows under other ids of the person, since records were merged,
	// as far as they were or may have been handed over.
	Others []notifications.Row
	// GivenUp are recipients, other ids of the person, whose own registration was
	// given up: what was said of that one says nothing of this one.
	GivenUp []string
	// Kept says that this registration was given up and another record of the
	// person holds one: that is the one that they are told of.
	Kept bool
	// OnPaper are the rows under other ids that stand on sheets.
	OnPaper []notifications.Row
}

// channels are the facts' channels.
func (f Facts) channels() Channels {
	if f.Channels == nil {
		return DefaultChannels()
	}
	return f.Channels
}

// Main is the main contact, the zero value where there is none.
func (p Person) Main() contact.Contact {
	if len(p.Contacts) == 0 {
		return contact.Contact{}
	}
	return p.Contacts[0]
}

// Basis is what a row planned from these facts is based on.
func (f Facts) Basis(p Person) notifications.Basis {
	return notifications.Basis{OfOccurrence: f.Event.PlanVer, OfRecipient: p.Registration.PlanVer}
}

// last returns the row of the highest round of a rule.
func (p Person) last(rule string) (notifications.Row, bool) {
	var last notifications.Row
	found := false
	for _, r := range p.Rows {
		if r.Rule == rule && (!found || r.Round > last.Round) {
			last, found = r, true
		}
	}
	return last, found
}

// RecipientOf names a resident as a recipient.
func RecipientOf(residentID string) string { return "resident:" + residentID }

// ResidentOf is the id in a recipient's name, "" where it is no resident.
func ResidentOf(recipient string) string {
	const kind = "resident:"
	if len(recipient) <= len(kind) || recipient[:len(kind)] != kind {
		return ""
	}
	return recipient[len(kind):]
}
