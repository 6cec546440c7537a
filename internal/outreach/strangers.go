package outreach

import (
	"context"
	"errors"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// reminders are the reminder rules that hold for the event.
func (s Stores) reminders(ctx context.Context, e event.Event) ([]reminder.Rule, error) {
	u, err := s.Units.Get(ctx, e.Unit)
	if err != nil {
		return nil, err
	}
	rules, err := s.Reminders.ByOwners(ctx, append([]string{e.ID}, u.Above()...))
	return reminder.Living(reminder.Effective(e.ID, e.Type, u.Above(), rules)), err
}

func announced(rules []reminder.Rule) bool {
	return slices.ContainsFunc(rules, func(r reminder.Rule) bool { return r.Phase() == reminder.Announcement })
}

// planStrangers plans those who have no registration: the readers of an
// announcement, and whoever has rows from before. Those in met are done.
func (p *Planner) planStrangers(ctx context.Context, eventID string, met map[string]bool) (Planned, error) {
	e, err := p.stores.Events.Get(ctx, eventID)
	if errors.Is(err, record.ErrAbsent) || err == nil && !mayTell(e) {
		return Planned{}, nil
	}
	if err != nil {
		return Planned{}, err
	}
	total, err := p.planReaders(ctx, &e, met)
	if err != nil || e.PurgedAt == 0 && !e.Announced {
		return total, err
	}
	done, err := p.planLeftovers(ctx, &e, met)
	total.add(done)
	return total, err
}

// planReaders plans those to whom a published event is announced.
func (p *Planner) planReaders(ctx context.Context, e *event.Event, met map[string]bool) (Planned, error) {
	var total Planned
	if e.State != event.Published {
		return total, nil
	}
	rules, err := p.stores.reminders(ctx, *e)
	if err != nil || !announced(rules) {
		return total, err
	}
	for after := ""; ; {
		readers, err := p.stores.Residents.NewsReaders(ctx, ReadersOf(*e), after, planRecipients)
		if err != nil || len(readers) == 0 {
			return total, err
		}
		var page []string
		for _, r := range readers {
			after = r.ID
			page = unmet(page, RecipientOf(r.ID), met)
		}
		done, err := p.planStrangerPage(ctx, e, page)
		total.add(done)
		if err != nil {
			return total, err
		}
	}
}

// planLeftovers plans whoever has rows and was not met: those who left the
// audience of an announcement, and those whose registrations the purge deleted.
func (p *Planner) planLeftovers(ctx context.Context, e *event.Event, met map[string]bool) (Planned, error) {
	var total Planned
	for after := ""; ; {
		rows, err := p.stores.Report.Rows(ctx, notifications.Filter{Part: e.Part, Occurrence: e.ID}, after, planRecipients)
		if err != nil || len(rows) == 0 {
			return total, err
		}
		var page []string
		for _, r := range rows {
			after = r.ID
			if ResidentOf(r.Recipient) != "" {
				page = unmet(page, r.Recipient, met)
			}
		}
		done, err := p.planStrangerPage(ctx, e, page)
		total.add(done)
		if err != nil {
			return total, err
		}
	}
}

// unmet adds a recipient to the page who was not met before.
func unmet(page []string, recipient string, met map[string]bool) []string {
	if met[recipient] {
		return page
	}
	met[recipient] = true
	return append(page, recipient)
}

// planStrangerPage notes first, durably, that the event has such rows, so that
// they are found whatever becomes of its rules and their readers.
func (p *Planner) planStrangerPage(ctx context.Context, e *event.Event, recipients []string) (Planned, error) {
	if len(recipients) == 0 {
		return Planned{}, nil
	}
	if !e.Announced && e.PurgedAt == 0 {
		noted, err := p.stores.Events.Update(ctx, e.ID, func(e *event.Event) error {
			if e.Announced {
				return record.ErrUnchanged
			}
			e.Announced = true
			return nil
		})
		if err != nil {
			return Planned{}, record.IgnoreAbsent(err)
		}
		*e = noted
	}
	d, err := p.planPage(ctx, e.ID, recipients, nil)
	return d.done, err
}
