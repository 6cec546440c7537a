package resident

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

// person is one row on its way.
type person struct {
	row    ImportRow
	values []contact.Value
	// contacts are those of the values, whether kept already or not.
	contacts []contact.Contact
	// marks are the ids that the record of this row may have, the one that it
	// gets first.
	marks []string
	// was is the record that is there, if any; next is what it becomes.
	was   *Resident
	next  Resident
	known map[string]contact.Contact
	done  Imported
}

func (p *person) refuse(err error) { p.done = Imported{Fate: Refused, Err: err} }

func (p *person) refused() bool { return p.done.Fate == Refused }

// check refuses what is wrong with a row by itself.
func (m *Import) check(ctx context.Context, people []*person) error {
	places := map[[2]string]error{}
	for _, p := range people {
		place := [2]string{p.row.Unit, p.row.Village}
		if _, ok := places[place]; !ok {
			wrong, err := m.place(ctx, place)
			if err != nil {
				return err
			}
			places[place] = wrong
		}
		var c fault.Check
		if err := errors.Join(places[place], m.checkRow(ctx, &c, p)); err != nil {
			if fault.KindOf(err) == fault.Internal || fault.KindOf(err) == fault.Unavailable {
				return err
			}
			p.refuse(err)
			continue
		}
		if err := c.Err(); err != nil {
			p.refuse(err)
		}
	}
	return nil
}

// place tells what is wrong with a unit and village, and whether act may write
// there.
func (m *Import) place(ctx context.Context, place [2]string) (wrong, err error) {
	var c fault.Check
	if !m.service.keeps(m.act, place[0]) {
		c.Add("unit", "import.unit_role")
		return c.Err(), nil
	}
	if err := m.service.where(ctx, &c, place[0], place[1]); err != nil {
		return nil, err
	}
	return c.Err(), nil
}

func (m *Import) checkRow(ctx context.Context, c *fault.Check, p *person) error {
	row := p.row
	for _, one := range row.Contacts {
		value, err := contact.Normal(one.Kind, one.Value)
		if err := c.Take(string(one.Kind), err); err != nil {
			return err
		}
		if v := (contact.Value{Kind: one.Kind, Value: value}); err == nil && !slices.Contains(p.values, v) {
			p.values = append(p.values, v)
		}
	}
	if row.Kind != "" && row.Kind != Person && row.Kind != Organisation {
		c.Add("kind", "resident.kind")
	}
	for _, d := range row.Consents {
		if d.At <= 0 || d.At > m.service.p.Now() {
			c.Add("consent_date", "import.consent_date")
		}
		if !slices.Contains([]string{FromWeb, FromPaper, FromCall, FromSMS, FromStaff}, d.Source) {
			c.Add("consent_source", ErrSource.Code)
		}
		if err := c.Take("consent_text", m.service.checkText(ctx, d.Purpose, d.Text)); err != nil {
			return err
		}
	}
	if row.ID == "" && row.Key == "" && row.Name == "" && len(row.Contacts) == 0 {
		c.Add("name", ErrNobody.Code)
	}
	trial := Resident{Contact: "whatever the record has"}
	_, _, err := p.apply(&trial, c, "")
	return err
}

// look finds the contacts of all rows at once.
func (m *Import) look(ctx context.Context, people []*person) error {
	var values []contact.Value
	for _, p := range people {
		if !p.refused() {
			values = append(values, p.values...)
		}
	}
	found, err := m.contacts.Look(ctx, values)
	if err != nil {
		return err
	}
	for _, p := range people {
		if !p.refused() {
			p.contacts, found = found[:len(p.values)], found[len(p.values):]
			p.marks = m.marksOf(p)
		}
	}
	return nil
}

// marksOf gives the ids by which a row is known again: its own, or by its key,
// or by its name with a contact, or else by its name in its village.
func (m *Import) marksOf(p *person) []string {
	row := p.row
	switch {
	case row.ID != "":
		return []string{row.ID}
	case row.Key != "":
		return m.marks.ImportIDs("key", row.Unit, text.Clean(row.Key))
	case len(p.contacts) > 0:
		return m.marks.ImportIDs("contact", row.Unit, text.Fold(row.Name), p.main().ID)
	}
	return m.marks.ImportIDs("village", row.Unit, row.Village, text.Fold(row.Name))
}

// main is the contact that tells a person from others of the name: the phone,
// which most lists have.
func (p *person) main() contact.Contact {
	for _, c := range p.contacts {
		if c.Kind == contact.Phone {
			return c
		}
	}
	return p.contacts[0]
}

// find finds the records that are there: by their ids all at once, and the
// others by their contacts, as many as have one that is kept already.
func (m *Import) find(ctx context.Context, people []*person) error {
	var ids []string
	for _, p := range people {
		ids = append(ids, p.marks...)
	}
	list, err := m.service.p.Residents.Many(ctx, ids)
	if err != nil {
		return err
	}
	there := make(map[string]*Resident, len(list))
	for i := range list {
		there[list[i].ID] = &list[i]
	}
	g, within := errgroup.WithContext(ctx)
	g.SetLimit(updatesAtOnce)
	for _, p := range people {
		for _, mark := range p.marks {
			if p.was == nil {
				p.was = there[mark]
			}
		}
		if !p.refused() && p.was == nil && p.row.ID == "" {
			g.Go(func() error { return m.findByContact(within, p) })
		}
	}
	return g.Wait()
}

// findByContact finds who has the contact and the folded name. A row with a key
// is only ever somebody whom a form made a record of: two people of one list
// may share their name and phone, and have keys of their own.
func (m *Import) findByContact(ctx context.Context, p *person) error {
	for _, c := range p.contacts {
		if c.Ver == 0 {
			continue
		}
		known, err := m.service.p.Residents.ByContact(ctx, p.row.Unit, c.ID)
		if err != nil {
			return err
		}
		for i, r := range known {
			same := r.ErasedAt == 0 && r.MergedInto == "" && text.Fold(r.Name) == text.Fold(p.row.Name)
			if same && (p.row.Key == "" || r.Public) {
				p.was = &known[i]
				return nil
			}
		}
	}
	return nil
}

// weigh says of each row what becomes of it, in the order of the list.
func (m *Import) weigh(ctx context.Context, people []*person) error {
	if err := m.follow(ctx, people); err != nil {
		return err
	}
	known, err := m.known(ctx, people)
	if err != nil {
		return err
	}
	for _, p := range people {
		if !p.refused() {
			p.known = known
			m.decide(p)
		}
	}
	return nil
}

// follow goes to the records into which others were merged.
func (m *Import) follow(ctx context.Context, people []*person) error {
	for _, p := range people {
		if p.refused() || p.was == nil || p.was.MergedInto == "" {
			continue
		}
		r, err := m.service.Living(ctx, p.was.ID)
		if record.IgnoreAbsent(err) != nil {
			return err
		}
		p.was = &r
	}
	return nil
}

// known are the contacts of all rows and of the records that are there.
func (m *Import) known(ctx context.Context, people []*person) (map[string]contact.Contact, error) {
	var ids []string
	for _, p := range people {
		if p.was != nil {
			ids = append(ids, p.was.Contacts...)
		}
	}
	known, err := m.contacts.Many(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		for _, c := range p.contacts {
			known[c.ID] = c
		}
	}
	return known, nil
}

func (m *Import) decide(p *person) {
	s := m.service
	if p.was != nil && p.row.Key != "" && m.seen.line(p.was.ID) != 0 && !slices.Contains(p.marks, p.was.ID) {
		p.was = nil // another of the list with this name and contact
	}
	if p.was == nil {
		if p.row.ID != "" {
			p.refuse(fieldError("id", record.ErrAbsent.Code))
			return
		}
		p.next = s.fresh(p.marks[0], p.row.Unit)
		p.next.Reach = ""
	} else {
		p.next = *p.was
		p.next.Consents = slices.Clone(p.was.Consents)
	}
	switch line := m.seen.line(p.next.ID); {
	case p.next.Unit != p.row.Unit:
		p.refuse(fieldError("id", record.ErrAbsent.Code))
		return
	case p.next.ErasedAt != 0 || p.next.MergedInto != "":
		p.refuse(ErrErased)
		return
	case line != 0:
		p.refuse(ErrTwice.With("line", line))
		return
	}
	m.seen.put(p.next.ID, p.row.Line)
	m.household(p)
	var c fault.Check
	fields, kept, err := p.apply(&p.next, &c, by(m.act))
	if err := errors.Join(err, c.Err()); err != nil {
		p.refuse(err)
		return
	}
	p.done = Imported{Fate: Changed, Kept: kept, Purposes: p.next.reachable(p.known)}
	switch {
	case p.was == nil:
		p.done.Fate = New
		p.next.Part = id.Part(p.next.ID)
		p.next.Note(s.entry(m.act, &p.next, "resident.import", fields...))
	case len(fields) == 0:
		p.done.Fate = Unchanged
	}
}

// household gives a household that a list calls by a number or a name an id, the
// same each time; an id stays one.
func (m *Import) household(p *person) {
	if p.row.Household == "" || id.Valid(p.row.Household) {
		return
	}
	ids := m.marks.ImportIDs("household", p.row.Unit, text.Fold(p.row.Household))
	p.row.Household = ids[0]
	if p.was != nil && slices.Contains(ids, p.was.Household) {
		p.row.Household = p.was.Household
	}
}

func fieldError(field, code string) error {
	var c fault.Check
	c.Add(field, code)
	return c.Err()
}
