package jsondoc

import (
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

// A field that is missing here costs time and nothing else; a test names it.

func (p *parser) instant() calendar.Instant { return calendar.Instant(p.int64()) }

// fact reads the fields that every fact begins with.
func (p *parser) fact(name string, h *record.Head, d *record.Dirt) {
	switch name {
	case "part":
		d.Part = p.int()
	case "plan_ver":
		d.PlanVer = p.int64()
	case "dirty":
		d.Dirty = p.bool()
	default:
		p.head(name, h)
	}
}

func (p *parser) head(name string, h *record.Head) {
	switch name {
	case "_id":
		h.ID = p.string()
	case "ver":
		h.Ver = p.int64()
	default:
		p.fail()
	}
}

// Registration reads a registration into its zero value, and reports whether it could; the
// value is of no use where it could not.
func Registration(text string, r *registration.Registration) bool {
	p := parser{text: text}
	p.object(func(name string) {
		switch name {
		case "event":
			r.Event = p.string()
		case "resident":
			r.Resident = p.string()
		case "unit":
			r.Unit = p.string()
		case "slot":
			r.Slot = p.string()
		case "party":
			r.Party = p.int()
		case "state":
			r.State = registration.State(p.string())
		case "reason":
			r.Reason = p.string()
		case "seq":
			r.Seq = p.int64()
		case "shown":
			p.shown(&r.Shown)
		case "source":
			r.Source = p.string()
		case "form":
			r.Form = p.string()
		case "asked":
			list(&p, &r.Asked, p.asked)
		case "link_generation":
			r.LinkGeneration = p.int()
		case "link_hash":
			r.LinkHash = p.string()
		case "confirm_hash":
			r.ConfirmHash = p.string()
		default:
			p.course(name, r)
		}
	})
	return p.done()
}

// course reads what happened to a registration, and when.
func (p *parser) course(name string, r *registration.Registration) {
	switch name {
	case "confirmed":
		r.Confirmed = p.bool()
	case "confirmed_at":
		r.ConfirmedAt = p.instant()
	case "hold_until":
		r.HoldUntil = p.instant()
	case "answer":
		r.Answer = registration.Answer(p.string())
	case "answered_revision":
		r.AnsweredRevision = p.int()
	case "answered_at":
		r.AnsweredAt = p.instant()
	case "turns":
		r.Turns = p.int()
	case "acted_at":
		r.ActedAt = p.instant()
	case "link_asked_at":
		r.LinkAskedAt = p.instant()
	case "created_at":
		r.CreatedAt = p.instant()
	case "event_end":
		r.EventEnd = p.instant()
	default:
		p.fact(name, &r.Head, &r.Dirt)
	}
}

func (p *parser) shown(s *registration.Shown) {
	p.object(func(name string) {
		switch name {
		case "status":
			s.Status = p.string()
		case "seat":
			s.Seat = p.string()
		case "start":
			s.Start = p.instant()
		case "end":
			s.End = p.instant()
		case "zone":
			s.Zone = p.string()
		case "place":
			s.Place = p.string()
		case "ver":
			s.Ver = p.int64()
		case "seat_ver":
			s.SeatVer = p.int64()
		case "offer_until":
			s.OfferUntil = p.instant()
		default:
			p.fail()
		}
	})
}

func (p *parser) asked(name string, a *registration.Asked) {
	switch name {
	case "purpose":
		a.Purpose = p.string()
	case "text":
		a.Text = p.string()
	default:
		p.fail()
	}
}

// Resident reads a resident into its zero value, and reports whether it could; the
// value is of no use where it could not.
func Resident(text string, r *resident.Resident) bool {
	p := parser{text: text}
	p.object(func(name string) {
		switch name {
		case "unit":
			r.Unit = p.string()
		case "kind":
			r.Kind = resident.Kind(p.string())
		case "village":
			r.Village = p.string()
		case "locale":
			r.Locale = p.string()
		case "name":
			r.Name = p.string()
		case "words":
			p.strings(&r.Words)
		case "sort_key":
			p.bytes(&r.SortKey)
		case "reach":
			r.Reach = resident.Reach(p.string())
		case "contact":
			r.Contact = p.string()
		case "contacts":
			p.strings(&r.Contacts)
		case "household":
			r.Household = p.string()
		case "consents":
			list(&p, &r.Consents, p.consent)
		default:
			p.keeping(name, r)
		}
	})
	return p.done()
}

// keeping reads how a resident's record is kept.
func (p *parser) keeping(name string, r *resident.Resident) {
	switch name {
	case "merged_into":
		r.MergedInto = p.string()
	case "aliases":
		p.strings(&r.Aliases)
	case "news":
		r.News = p.bool()
	case "created_at":
		r.CreatedAt = p.instant()
	case "public":
		r.Public = p.bool()
	case "check_at":
		r.CheckAt = p.instant()
	case "erased_at":
		r.ErasedAt = p.instant()
	default:
		p.fact(name, &r.Head, &r.Dirt)
	}
}

func (p *parser) consent(name string, c *resident.Consent) {
	switch name {
	case "purpose":
		c.Purpose = resident.Purpose(p.string())
	case "given":
		c.Given = p.bool()
	case "text":
		c.Text = p.string()
	case "source":
		c.Source = p.string()
	case "by":
		c.By = p.string()
	case "at":
		c.At = p.instant()
	default:
		p.fail()
	}
}

// Contact reads a contact into its zero value, and reports whether it could; the
// value is of no use where it could not.
func Contact(text string, c *contact.Contact) bool {
	p := parser{text: text}
	p.object(func(name string) {
		switch name {
		case "kind":
			c.Kind = contact.Kind(p.string())
		case "sealed":
			p.bytes(&c.Sealed)
		case "state":
			c.State = contact.State(p.string())
		case "failures":
			c.Failures = p.int()
		case "suppressed_at":
			c.SuppressedAt = p.instant()
		case "opted_out_at":
			c.OptedOutAt = p.instant()
		case "fixed_day":
			c.FixedDay = p.int64()
		case "fixed_also":
			p.strings(&c.FixedAlso)
		case "fixed_for":
			c.FixedFor = p.string()
		case "optout_generation":
			c.OptOutGeneration = p.int()
		case "optout_hash":
			c.OptOutHash = p.string()
		default:
			p.head(name, &c.Head)
		}
	})
	return p.done()
}
