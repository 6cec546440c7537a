package resident

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Refusals of a row.
var (
	// ErrTwice: an earlier row, at "line", is of the same person.
	ErrTwice = fault.New(fault.Conflict, "import.twice")
	// ErrNobody: nothing in the row says who it is.
	ErrNobody = fault.New(fault.Invalid, "import.nobody")
)

// ImportRow is a resident as a list has them. What is empty says nothing.
type ImportRow struct {
	// Line is where it stands.
	Line int
	// ID is the record's own, of a list that was exported here.
	ID string
	// Key is what others call the resident, such as a number in a register. It
	// is kept as a keyed hash only.
	Key       string
	Unit      string
	Village   string
	Name      string
	Locale    string
	Household string
	Kind      Kind
	Reach     Reach
	Contacts  []ContactInput
	Consents  []Dated
}

// Dated is a consent that was given before it is logged here.
type Dated struct {
	Choice
	At calendar.Instant
}

// Fate is what became of a row, or would.
type Fate string

// Fates.
const (
	New       Fate = "new"
	Changed   Fate = "changed"
	Unchanged Fate = "unchanged"
	Refused   Fate = "refused"
)

// Imported is what became of one row.
type Imported struct {
	Fate Fate
	// Err says why a row is refused; its fields are those of the row.
	Err error
	// Kept says that the person refused something that the row says, and that it
	// stays refused.
	Kept bool
	// Purposes are those for which the person may be messaged now.
	Purposes []Purpose
}

// ManyContacts finds and makes contacts in numbers; contact.Service is one.
type ManyContacts interface {
	Look(ctx context.Context, values []contact.Value) ([]contact.Contact, error)
	Many(ctx context.Context, ids []string) (map[string]contact.Contact, error)
	EnsureMany(ctx context.Context, values []contact.Value) ([]contact.Contact, error)
}

// Marks makes the ids of imported records; secret.Keys is one.
type Marks interface {
	// ImportIDs gives the id under each key, the current one first.
	ImportIDs(parts ...string) []string
}

// Import takes one list, batch by batch. It is not safe for two at once.
type Import struct {
	service  *Service
	contacts ManyContacts
	marks    Marks
	act      actor.Actor
	dry      bool
	// seen are the residents that the list had so far.
	seen seen
}

// NewImport begins to import a list; dry writes nothing, and tells the same.
func NewImport(s *Service, contacts ManyContacts, marks Marks, act actor.Actor, dry bool) *Import {
	return &Import{service: s, contacts: contacts, marks: marks, act: act, dry: dry, seen: seen{}}
}

// updatesAtOnce is how many changed residents are written side by side, so that
// the store commits them together.
const updatesAtOnce = 32

// Take imports rows, for staff with a role on the unit of each; it returns what
// became of each, in order. An error is of the store: the list can be imported
// again from its start.
func (m *Import) Take(ctx context.Context, rows []ImportRow) ([]Imported, error) {
	if err := m.act.Require(ScopeWrite); err != nil {
		return nil, err
	}
	people := make([]*person, len(rows))
	for i, r := range rows {
		people[i] = &person{row: r}
	}
	for _, step := range []func(context.Context, []*person) error{m.check, m.look, m.find, m.weigh} {
		if err := step(ctx, people); err != nil {
			return nil, err
		}
	}
	if !m.dry {
		if err := m.write(ctx, people); err != nil {
			return nil, err
		}
	}
	done := make([]Imported, len(people))
	for i, p := range people {
		done[i] = p.done
	}
	return done, nil
}

// write makes the contacts of new and changed people, then themselves: a process
// that dies in between leaves contacts of nobody, which the next run takes up.
func (m *Import) write(ctx context.Context, people []*person) error {
	var values []contact.Value
	var fresh []*person
	var made []Resident
	for _, p := range people {
		switch p.done.Fate {
		case New:
			fresh, made = append(fresh, p), append(made, p.next)
		case Changed:
		default:
			continue
		}
		values = append(values, p.wanted()...)
	}
	if _, err := m.contacts.EnsureMany(record.Soon(ctx), values); err != nil {
		return err
	}
	isNew, err := m.service.p.Residents.CreateMany(ctx, made)
	if err != nil {
		return err
	}
	for i, p := range fresh {
		if !isNew[i] { // somebody else imports the same list
			p.done.Fate = Unchanged
		}
	}
	return m.change(ctx, people)
}

func (m *Import) change(ctx context.Context, people []*person) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(updatesAtOnce)
	for _, p := range people {
		if p.done.Fate == Changed {
			g.Go(func() error { return m.changeOne(ctx, p) })
		}
	}
	return g.Wait()
}

func (m *Import) changeOne(ctx context.Context, p *person) error {
	s := m.service
	var before []string
	after, err := s.p.Residents.Update(ctx, p.next.ID, func(r *Resident) error {
		before = slices.Clone(r.Contacts)
		if r.ErasedAt != 0 || r.MergedInto != "" {
			return ErrErased
		}
		var c fault.Check
		fields, _, err := p.apply(r, &c, by(m.act))
		if err := errors.Join(err, c.Err()); err != nil {
			return err
		}
		if len(fields) == 0 {
			return record.ErrUnchanged
		}
		r.Note(s.entry(m.act, r, "resident.import", fields...))
		return nil
	})
	if fault.KindOf(err) != fault.Internal && fault.KindOf(err) != fault.Unavailable && err != nil {
		// Somebody changed the record between the look and the write.
		p.refuse(err)
		return nil
	}
	if err != nil {
		return err
	}
	return s.forgetUnused(ctx, m.act, without(before, after.Contacts))
}
