package desk

import (
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// How far the work of one unit is looked through: a commune has a few hundred
// people on paper, and some events ahead.
const (
	workRows   = 500
	maxWork    = 5000
	workEvents = 50
	openSheets = 200
)

// Duties gives what is left to do on paper in a unit, or in one village of it.
func (s *Service) Duties(ctx context.Context, act actor.Actor, unitID, village string) ([]Duty, error) {
	if err := s.may(act, ScopeRead, unitID, village); err != nil {
		return nil, err
	}
	w := Work{Unit: unitID}
	var err error
	if w.Due, err = s.due(ctx, unitID); err != nil {
		return nil, err
	}
	if w.Sheets, err = s.p.Sheets.List(ctx, paper.Filter{Unit: unitID, Open: true}, "", openSheets); err != nil {
		return nil, err
	}
	if w.Lost, err = s.lost(ctx, unitID); err != nil {
		return nil, err
	}
	duties := Duties(w, s.now())
	if village != "" {
		duties = slices.DeleteFunc(duties, func(d Duty) bool { return d.Village != village })
	}
	return duties, nil
}

// due reads what waits to be printed. Kind and village are those that the row
// and the person have now; printing asks again.
func (s *Service) due(ctx context.Context, unitID string) ([]Due, error) {
	var out []Due
	for _, class := range notifications.Classes() {
		after := paper.Place{}
		for len(out) < maxWork {
			rows, err := s.p.Rows.Waiting(ctx, unitID, class, s.now(), after, workRows)
			if err != nil {
				return nil, err
			}
			people, err := s.residents(ctx, rows)
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				out = append(out, Due{
					Village: people[residentOf(r)].Village, Urgent: class == notifications.Urgent,
					Paper: kindOf(class, r.Contact != ""), Until: r.Until, Start: r.Told.Start,
				})
			}
			if len(rows) < workRows {
				break
			}
			last := rows[len(rows)-1]
			after = paper.Place{Due: last.Due, ID: last.ID}
		}
	}
	return out, nil
}

// people are the residents of a sheet's rows that its unit keeps, by id.
func (s *Service) people(ctx context.Context, sheet paper.Sheet, rows map[string]notifications.Row) (map[string]resident.Resident, error) {
	list := make([]notifications.Row, 0, len(sheet.Lines))
	for _, l := range sheet.Lines {
		list = append(list, rows[l.Row])
	}
	people, err := s.residents(ctx, list)
	for id, r := range people {
		if r.Unit != sheet.Unit {
			delete(people, id)
		}
	}
	return people, err
}

func (s *Service) residents(ctx context.Context, rows []notifications.Row) (map[string]resident.Resident, error) {
	var ids []string
	for _, r := range rows {
		if who := residentOf(r); who != "" {
			ids = append(ids, who)
		}
	}
	out := make(map[string]resident.Resident, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	slices.Sort(ids)
	found, err := s.p.Residents.Many(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	for _, r := range found {
		if out[r.ID], err = s.living(ctx, r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// maxMerges bounds how far an id is followed.
const maxMerges = 16

// living follows merges to the record that lives on.
func (s *Service) living(ctx context.Context, r resident.Resident) (resident.Resident, error) {
	for range maxMerges {
		if r.MergedInto == "" {
			break
		}
		next, err := s.p.Residents.Many(ctx, []string{r.MergedInto})
		if err != nil || len(next) == 0 {
			return resident.Resident{}, err
		}
		r = next[0]
	}
	return r, nil
}

// lost finds whoever is registered for a coming event of the unit and has a
// main contact that works no more.
func (s *Service) lost(ctx context.Context, unitID string) ([]Lost, error) {
	f := event.Filter{Unit: unitID, States: []event.State{event.Published, event.Postponed}, From: s.p.Now()}
	coming, err := s.p.Events.Page(ctx, f, page.Request{Limit: workEvents})
	if err != nil {
		return nil, err
	}
	var out []Lost
	seen := map[string]bool{}
	for _, e := range coming.Items {
		req := page.Request{Limit: page.MaxLimit}
		for len(seen) < maxWork {
			list, err := s.p.Registrations.Page(ctx, registration.Filter{Event: e.ID}, req)
			if err != nil {
				return nil, err
			}
			found, err := s.lostOf(ctx, e, list.Items, seen)
			if err != nil {
				return nil, err
			}
			out = append(out, found...)
			if req.After = list.Next; req.After == nil {
				break
			}
		}
	}
	return out, nil
}

// lostOf looks at one page of registrations, and at nobody twice.
func (s *Service) lostOf(ctx context.Context, e event.Event, regs []registration.Registration, seen map[string]bool) ([]Lost, error) {
	var rows []notifications.Row
	for _, r := range regs {
		if r.State.Live() && r.Resident != "" && !seen[r.Resident] {
			seen[r.Resident] = true
			rows = append(rows, notifications.Row{Key: notifications.Key{Recipient: outreach.RecipientOf(r.Resident)}})
		}
	}
	people, err := s.residents(ctx, rows)
	if err != nil {
		return nil, err
	}
	broken, err := s.broken(ctx, people)
	if err != nil {
		return nil, err
	}
	var out []Lost
	for _, row := range rows {
		who := people[residentOf(row)]
		if broken[who.Contact] {
			out = append(out, Lost{Resident: who.ID, Village: who.Village, Start: notifications.Millis(e.StartAt)})
		}
	}
	return out, nil
}

// broken are the main contacts of the people that refuse everything.
func (s *Service) broken(ctx context.Context, people map[string]resident.Resident) (map[string]bool, error) {
	var ids []string
	for _, r := range people {
		if r.Contact != "" {
			ids = append(ids, r.Contact)
		}
	}
	out := map[string]bool{}
	if len(ids) == 0 {
		return out, nil
	}
	slices.Sort(ids)
	found, err := s.p.Contacts.Many(ctx, slices.Compact(ids))
	for _, c := range found {
		out[c.ID] = c.SuppressedAt != 0 || c.State == contact.Blocked
	}
	return out, err
}
