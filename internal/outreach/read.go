package outreach

import (
	"context"
	"errors"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// facts reads the event and what belongs to it.
func (s Stores) facts(ctx context.Context, eventID string) (Facts, error) {
	e, err := s.Events.Get(ctx, eventID)
	if err != nil {
		return Facts{}, err
	}
	return s.withSurvey(ctx, Facts{Event: e, Channels: s.Channels})
}

// factsFor reads what the recheck of the rows needs: the survey only where one
// of them invites to it.
func (s Stores) factsFor(ctx context.Context, eventID string, rows []notifications.Row, group []int) (Facts, error) {
	e, err := s.Events.Get(ctx, eventID)
	if err != nil {
		return Facts{}, err
	}
	f := Facts{Event: e, Channels: s.Channels}
	for _, g := range group {
		if rows[g].Rule == RuleSurvey {
			return s.withSurvey(ctx, f)
		}
	}
	return f, nil
}

func (s Stores) withSurvey(ctx context.Context, f Facts) (Facts, error) {
	eventID := f.Event.ID
	sv, err := s.Surveys.Get(ctx, eventID)
	switch {
	case err == nil:
		f.Survey = &sv
	case !errors.Is(err, record.ErrAbsent):
		return Facts{}, err
	}
	if f.Survey == nil {
		return f, nil
	}
	attended := registration.Filter{Event: eventID, States: []registration.State{registration.Attended}}
	some, err := s.Registrations.Page(ctx, attended, page.Request{Limit: 1})
	f.ByName = len(some.Items) > 0
	return f, err
}

// persons reads what is known of the recipients of the event, in their order;
// listed are their registrations where they need not be read again.
func (s Stores) persons(ctx context.Context, f Facts, recipients []string, listed []registration.Registration) ([]Person, error) {
	ids := make([]string, len(recipients))
	for i, r := range recipients {
		ids[i] = id.Hash(f.Event.ID, ResidentOf(r))
	}
	regs := listed
	if regs == nil {
		var err error
		if regs, err = s.Registrations.Many(ctx, f.Event.ID, ids); err != nil {
			return nil, err
		}
	}
	byID := make(map[string]*registration.Registration, len(regs))
	for i := range regs {
		byID[regs[i].ID] = &regs[i]
	}
	residents := make([]string, 0, len(recipients))
	for i, recipient := range recipients {
		// a registration that was made nobody's stays so
		if reg := byID[ids[i]]; reg == nil || reg.Resident != "" {
			residents = append(residents, ResidentOf(recipient))
		}
	}
	people, contacts, err := s.people(ctx, residents)
	if err != nil {
		return nil, err
	}
	unsettled, err := s.unsettled(ctx, f)
	if err != nil {
		return nil, err
	}
	out := make([]Person, len(recipients))
	for i, recipient := range recipients {
		p := &out[i]
		p.Recipient = recipient
		if reg := byID[ids[i]]; reg != nil {
			p.Registration = *reg
			_, p.Unsettled = unsettled[reg.ID]
		}
		if who := people[ResidentOf(recipient)]; who != nil {
			p.Resident = *who
			p.Contacts = contactsOf(who, contacts)
		}
	}
	return out, s.addOthers(ctx, f, out)
}

// people reads the residents by their ids, merged ones as the record that lives
// on, and all contacts of theirs.
func (s Stores) people(ctx context.Context, ids []string) (map[string]*resident.Resident, map[string]*contact.Contact, error) {
	people := make(map[string]*resident.Resident, len(ids))
	contacts := make(map[string]*contact.Contact, len(ids))
	if len(ids) == 0 {
		return people, contacts, nil
	}
	slices.Sort(ids)
	found, err := s.Residents.Many(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	for i := range found {
		people[found[i].ID] = &found[i]
	}
	if err := s.follow(ctx, ids, people); err != nil {
		return nil, nil, err
	}
	hashes := make([]string, 0, len(ids))
	for _, one := range ids {
		if who := people[one]; who != nil {
			hashes = append(hashes, contactIDs(who)...)
		}
	}
	if len(hashes) == 0 {
		return people, contacts, nil
	}
	slices.Sort(hashes)
	cs, err := s.Contacts.Many(ctx, slices.Compact(hashes))
	for i := range cs {
		contacts[cs[i].ID] = &cs[i]
	}
	return people, contacts, err
}

// contactIDs are a resident's contacts, the main one first.
func contactIDs(r *resident.Resident) []string {
	if r.Contact == "" || slices.Contains(r.Contacts, r.Contact) {
		return r.Contacts
	}
	return append([]string{r.Contact}, r.Contacts...)
}

// contactsOf puts the contacts that were found into the resident's order.
func contactsOf(r *resident.Resident, found map[string]*contact.Contact) []contact.Contact {
	ids := contactIDs(r)
	out := make([]contact.Contact, 0, len(ids))
	for _, one := range ids {
		if c, ok := found[one]; ok {
			out = append(out, *c)
		}
	}
	return out
}

// unsettled returns the registrations that the roll has decided on and that do
// not show it yet.
func (s Stores) unsettled(ctx context.Context, f Facts) (map[string]struct{}, error) {
	if !f.Event.HasRoll {
		return nil, nil
	}
	roll, err := s.Rolls.Roll(ctx, f.Event.ID)
	if errors.Is(err, record.ErrAbsent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	set := make(map[string]struct{}, len(roll.Unsettled))
	for _, r := range roll.Unsettled {
		set[r] = struct{}{}
	}
	return set, nil
}

// rowsOf groups rows by recipient.
func rowsOf(rows []notifications.Row) map[string][]notifications.Row {
	by := make(map[string][]notifications.Row)
	for _, r := range rows {
		by[r.Recipient] = append(by[r.Recipient], r)
	}
	return by
}
