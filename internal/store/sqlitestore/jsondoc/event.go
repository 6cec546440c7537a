package jsondoc

import (
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Event reads an event into its zero value, and reports whether it could; the
// value is of no use where it could not.
func Event(text string, e *event.Event) bool {
	p := parser{text: text}
	p.object(func(name string) {
		switch name {
		case "acts":
			e.Acts = p.int64()
		case "unit":
			e.Unit = p.string()
		case "co_units":
			p.strings(&e.CoUnits)
		case "scope":
			p.strings(&e.Scope)
		case "type":
			e.Type = event.Type(p.string())
		case "programme":
			e.Programme = p.string()
		case "series":
			e.Series = p.string()
		case "copied_from":
			e.CopiedFrom = p.string()
		case "short":
			e.Short = p.string()
		case "title":
			e.Title = p.string()
		case "about":
			e.About = p.string()
		case "bring":
			e.Bring = p.string()
		case "host":
			e.Host = p.string()
		case "contact":
			e.Contact = p.string()
		default:
			p.when(name, e)
		}
	})
	return p.done()
}

// when reads where an event is, when, and how many may come.
func (p *parser) when(name string, e *event.Event) {
	switch name {
	case "place":
		p.place(&e.Place)
	case "village":
		e.Village = p.string()
	case "sort_key":
		p.bytes(&e.SortKey)
	case "local_start":
		e.LocalStart = calendar.Local(p.string())
	case "local_end":
		e.LocalEnd = calendar.Local(p.string())
	case "zone":
		e.Zone = p.string()
	case "start_at":
		e.StartAt = p.instant()
	case "end_at":
		e.EndAt = p.instant()
	case "slots":
		list(p, &e.Slots, p.slot)
	case "has_roll":
		e.HasRoll = p.bool()
	case "notice_days":
		e.NoticeDays = p.int()
	case "notices":
		list(p, &e.Notices, p.notice)
	default:
		p.career(name, e)
	}
}

// career reads what became of an event.
func (p *parser) career(name string, e *event.Event) {
	switch name {
	case "state":
		e.State = event.State(p.string())
	case "former":
		e.Former = event.State(p.string())
	case "status_note":
		e.StatusNote = p.string()
	case "revision":
		e.Revision = p.int()
	case "created_by":
		e.CreatedBy = p.string()
	case "last_edited_by":
		e.LastEditedBy = p.string()
	case "submitted_by":
		e.SubmittedBy = p.string()
	case "approved_by":
		e.ApprovedBy = p.string()
	case "report":
		p.report(&e.Report)
	case "announced":
		e.Announced = p.bool()
	case "uncounted":
		e.Uncounted = p.bool()
	case "cancel_count":
		e.CancelCount = p.int()
	default:
		p.dates(name, e)
	}
}

func (p *parser) dates(name string, e *event.Event) {
	switch name {
	case "first_edit_at":
		e.FirstEditAt = p.instant()
	case "last_edit_at":
		e.LastEditAt = p.instant()
	case "created_at":
		e.CreatedAt = p.instant()
	case "approved_at":
		e.ApprovedAt = p.instant()
	case "published_at":
		e.PublishedAt = p.instant()
	case "cancelled_at":
		e.CancelledAt = p.instant()
	case "reported_at":
		e.ReportedAt = p.instant()
	case "dissolved_at":
		e.DissolvedAt = p.instant()
	case "purged_at":
		e.PurgedAt = p.instant()
	default:
		p.fact(name, &e.Head, &e.Dirt)
	}
}

func (p *parser) place(at *event.Place) {
	p.object(func(name string) {
		switch name {
		case "name":
			at.Name = p.string()
		case "address":
			at.Address = p.string()
		case "link":
			at.Link = p.string()
		default:
			p.fail()
		}
	})
}

func (p *parser) slot(name string, s *event.Slot) {
	switch name {
	case "id":
		s.ID = p.string()
	case "name":
		s.Name = p.string()
	case "capacity":
		s.Capacity = p.int()
	default:
		p.fail()
	}
}

func (p *parser) notice(name string, n *event.Notice) {
	switch name {
	case "kind":
		n.Kind = event.NoticeKind(p.string())
	case "at":
		n.At = p.instant()
	case "by":
		n.By = p.string()
	default:
		p.fail()
	}
}

// report reads a report into a place that has none yet.
func (p *parser) report(into **event.Report) {
	if *into != nil {
		p.fail()
		return
	}
	r := &event.Report{}
	*into = r
	p.object(func(name string) {
		switch name {
		case "households":
			r.Households = p.int()
		case "villages":
			r.Villages = p.int()
		case "officials":
			r.Officials = p.int()
		case "summary":
			r.Summary = p.string()
		case "lessons":
			r.Lessons = p.string()
		case "by":
			r.By = p.string()
		case "at":
			r.At = p.instant()
		default:
			p.fail()
		}
	})
}

// Outbox reads audit entries into a place that has none yet, and reports whether
// it could; what is there then is of no use where it could not.
func Outbox(text string, into *[]record.Entry) bool {
	p := parser{text: text}
	list(&p, into, func(name string, e *record.Entry) {
		switch name {
		case "unit":
			e.Unit = p.string()
		case "thing":
			e.Thing = p.string()
		case "thing_ver":
			e.Ver = p.int64()
		case "n":
			e.N = p.int()
		case "actor":
			e.Actor = p.string()
		case "act":
			e.Act = p.string()
		case "fields":
			p.strings(&e.Fields)
		case "at":
			e.At = p.int64()
		default:
			p.fail()
		}
	})
	return p.done()
}
