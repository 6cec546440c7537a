package outreach

import (
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// The channels that every composition has: mail, and call lists and letters
// that a village head works through.
const (
	Mail  = "smtp"
	Paper = "paper"
)

// Channels says of each channel which kind of contact it needs. A channel of
// the kind "" calls a phone where the person has one, and else needs none: a
// letter, or a visit.
type Channels map[string]contact.Kind

// DefaultChannels are mail and paper.
func DefaultChannels() Channels { return Channels{Mail: contact.Email, Paper: ""} }

// fallback is the order in which a message that must arrive tries the
// channels: mail first, what somebody has to walk for last.
func (c Channels) fallback() []string {
	names := make([]string, 0, len(c))
	for name := range c {
		names = append(names, name)
	}
	rank := func(name string) int {
		switch {
		case name == Mail:
			return 0
		case c[name] != "":
			return 1
		}
		return 2
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		if a < b {
			return -1
		}
		return 1
	})
	return names
}

// takes reports whether a channel of the kind can use the contact.
func takes(kind contact.Kind, c contact.Contact) bool {
	return c.Kind == kind || kind == "" && c.Kind == contact.Phone
}

// Reach is one way to a person: a channel with the contact that it uses, the
// zero Contact where it needs none.
type Reach struct {
	Channel string
	Contact contact.Contact
}

// Reaches are the usable ways of the rule to the person, the best first: by
// the rule's order of channels, then by the person's order of contacts.
//
// An opt-out stops the contact that it was said for. Where that is the main
// one nothing optional goes by another, and whoever opted out of anything gets
// no letter or visit instead.
func Reaches(rule Rule, c Channels, p Person) []Reach {
	contacts := rule.contacts(p)
	refused := slices.ContainsFunc(p.Contacts, optedOut)
	out := make([]Reach, 0, len(contacts))
	for _, name := range rule.Channels {
		kind, there := c[name]
		if !there {
			continue
		}
		before := len(out)
		for _, one := range contacts {
			if takes(kind, one) && usable(one) {
				out = append(out, Reach{name, one})
			}
		}
		if kind == "" && len(out) == before && !refused {
			out = append(out, Reach{Channel: name})
		}
	}
	return out
}

// contacts are those that the rule may use at all.
func (r Rule) contacts(p Person) []contact.Contact {
	switch {
	case r.optional() && optedOut(p.Main()):
		return nil
	case r.ID == RulePending, r.ID == RuleAgain && !p.Registration.Confirmed:
		// its link confirms the main contact, and no other
		return p.Contacts[:min(len(p.Contacts), 1)]
	}
	return p.Contacts
}

// optional reports whether the person can do without: all but what the
// registration itself asks for.
func (r Rule) optional() bool { return r.Purpose != resident.ForRegistration }

func optedOut(c contact.Contact) bool { return c.OptedOutAt != 0 }

func usable(c contact.Contact) bool {
	return c.ID != "" && c.OptedOutAt == 0 && c.SuppressedAt == 0 && c.State != contact.Blocked
}

// unreached says why the rule has no way to the person.
func unreached(rule Rule, c Channels, p Person) notifications.Reason {
	reason := notifications.ReasonNoContact
	for _, name := range rule.Channels {
		kind, there := c[name]
		if !there {
			continue
		}
		for _, one := range p.Contacts {
			switch {
			case optedOut(one) && (takes(kind, one) || kind == ""):
				return notifications.ReasonOptedOut
			case takes(kind, one):
				reason = notifications.ReasonBlocked
			}
		}
	}
	if rule.optional() && optedOut(p.Main()) {
		return notifications.ReasonOptedOut
	}
	return reason
}
