package resident

import (
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// apply changes a record to what the row says, and gives the names of the
// fields that differ then. What is empty in the row stays; what the person
// refused stays refused, and kept says that the row wanted otherwise.
func (p *person) apply(r *Resident, c *fault.Check, by string) (fields []string, kept bool, err error) {
	row, before, was := p.row, *r, len(r.Consents)
	if row.Name != "" {
		if err := r.setName(c, row.Name); err != nil {
			return nil, false, err
		}
	}
	if row.Household != "" {
		if err := r.setHousehold(c, row.Household); err != nil {
			return nil, false, err
		}
	}
	if row.Locale != "" {
		r.Locale = checkLocale(c, row.Locale)
	}
	if row.Village != "" {
		r.Village = row.Village
	}
	if r.Ver == 0 && row.Kind != "" {
		r.Kind = row.Kind
	}
	kept = p.putContacts(r)
	p.putReach(r, c, before)
	refused, err := r.logDated(row.Consents, by)
	if err != nil {
		return nil, false, err
	}
	fields = r.differs(before)
	if len(r.Consents) != was {
		fields = append(fields, "consents")
	}
	if touches(fields, r.News) {
		r.Touch()
	}
	return fields, kept || refused, nil
}

// touches tells whether messages depend on what changed.
func touches(fields []string, news bool) bool {
	return slices.ContainsFunc(fields, func(f string) bool {
		return f == "contacts" || f == "reach" || f == "household" || f == "consents" || f == "village" && news
	})
}

// putContacts gives the record the row's contacts. A phone that the record has
// already leaves its phones as they are; another one takes their place. Where
// the person opted out of one of theirs, all stay: another address would undo it.
func (p *person) putContacts(r *Resident) (kept bool) {
	ids := slices.Clone(r.Contacts)
	for _, c := range p.contacts {
		if !slices.Contains(ids, c.ID) {
			ids = p.replace(ids, c)
		}
	}
	if slices.Equal(ids, r.Contacts) {
		return false
	}
	for _, one := range r.Contacts {
		if p.known[one].OptedOut() {
			return true
		}
	}
	r.setContacts(ids)
	return false
}

// wanted are the values of the row that the record has then: what the person's
// refusals keep out leaves no address behind.
func (p *person) wanted() (values []contact.Value) {
	for i, c := range p.contacts {
		if slices.Contains(p.next.Contacts, c.ID) {
			values = append(values, p.values[i])
		}
	}
	return values
}

// replace puts a contact in the place of the first of its kind, and takes the
// others of the kind away, but for those of this row.
func (p *person) replace(ids []string, c contact.Contact) []string {
	placed := false
	var out []string
	for _, one := range ids {
		ofRow := slices.ContainsFunc(p.contacts, func(c contact.Contact) bool { return c.ID == one })
		switch {
		case ofRow || p.known[one].Kind != c.Kind:
			out = append(out, one)
		case !placed:
			out, placed = append(out, c.ID), true
		}
	}
	if !placed {
		out = append(out, c.ID)
	}
	return out
}

// putReach takes what the row says, or what follows from contacts that came.
func (p *person) putReach(r *Resident, c *fault.Check, before Resident) {
	switch {
	case p.row.Reach == Own && len(p.row.Contacts) > 0 && r.Contact == "":
		r.Reach = Own // the contacts are not looked up yet
	case p.row.Reach != "":
		r.setReach(c, p.row.Reach)
	case r.Reach == "":
		r.setReach(c, "")
	case before.Reach == None && before.Contact == "" && r.Contact != "":
		r.Reach = Own
	}
}

// logDated puts consents into the log at the time at which they were given. One
// that the person withdrew stays withdrawn, whatever a list says.
func (r *Resident) logDated(consents []Dated, by string) (kept bool, err error) {
	for _, d := range consents {
		last, ok := r.newest(d.Purpose)
		switch {
		case ok && !last.Given:
			kept = true
			continue
		case ok && (last.Text == d.Text || last.At >= d.At):
			continue
		case len(r.Consents) >= maxConsents:
			return kept, ErrTooManyConsents
		}
		r.Consents = append(r.Consents, Consent{
			Purpose: d.Purpose, Given: true, Text: d.Text, Source: d.Source, By: by, At: d.At,
		})
	}
	slices.SortStableFunc(r.Consents, func(a, b Consent) int { return int(a.At - b.At) })
	r.Settle()
	return kept, nil
}

// reachable are the purposes for which the person may be messaged: they agreed,
// and there is a contact that refuses nothing.
func (r Resident) reachable(known map[string]contact.Contact) (may []Purpose) {
	if r.Reach == None || known[r.Contact].OptedOut() {
		return nil
	}
	if !slices.ContainsFunc(r.Contacts, func(id string) bool {
		c, ok := known[id]
		return ok && !c.OptedOut() && c.SuppressedAt == 0 && c.State != contact.Blocked
	}) {
		return nil
	}
	for _, p := range Purposes() {
		if r.Agrees(p) {
			may = append(may, p)
		}
	}
	return may
}
