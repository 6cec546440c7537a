package outreach

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// everybody calls each once for everybody whom the event may concern in one of
// the views, with the rows that there are, in pages; and loose for rows that
// name nobody any more. The facts of people are those of the event as stored.
func (x *Explainer) everybody(ctx context.Context, stored view, views []view, each func(Person), loose func(notifications.Row)) error {
	w := walk{x: x, stored: stored.facts, each: each, met: make(map[string]bool)}
	if err := w.registered(ctx); err != nil {
		return err
	}
	for _, v := range views {
		if v.facts.Event.State != event.Published || !announced(v.reminders) {
			continue
		}
		if err := w.readers(ctx, v.facts.Event); err != nil {
			return err
		}
	}
	return w.leftovers(ctx, loose)
}

// walk meets each person once.
type walk struct {
	x      *Explainer
	stored Facts
	each   func(Person)
	met    map[string]bool
}

func (w *walk) registered(ctx context.Context) error {
	req := page.Request{Limit: planRecipients}
	for {
		list, err := w.x.stores.Registrations.Page(ctx, registration.Filter{Event: w.stored.Event.ID}, req)
		if err != nil {
			return err
		}
		var page []string
		for _, r := range list.Items {
			if r.Resident != "" {
				page = unmet(page, RecipientOf(r.Resident), w.met)
			}
		}
		if err := w.meet(ctx, page); err != nil || list.Next == nil {
			return err
		}
		req.After = list.Next
	}
}

func (w *walk) readers(ctx context.Context, e event.Event) error {
	for after := ""; ; {
		readers, err := w.x.stores.Residents.NewsReaders(ctx, ReadersOf(e), after, planRecipients)
		if err != nil || len(readers) == 0 {
			return err
		}
		var page []string
		for _, r := range readers {
			after = r.ID
			page = unmet(page, RecipientOf(r.ID), w.met)
		}
		if err := w.meet(ctx, page); err != nil {
			return err
		}
	}
}

// leftovers meets whoever has rows and was not met, and gives rows to loose
// that are nobody's, since people were erased or forgotten.
func (w *walk) leftovers(ctx context.Context, loose func(notifications.Row)) error {
	e := w.stored.Event
	for after := ""; ; {
		rows, err := w.x.stores.Report.Rows(ctx, notifications.Filter{Part: e.Part, Occurrence: e.ID}, after, planRecipients)
		if err != nil || len(rows) == 0 {
			return err
		}
		var page []string
		for _, r := range rows {
			after = r.ID
			if ResidentOf(r.Recipient) == "" {
				loose(r)
				continue
			}
			page = unmet(page, r.Recipient, w.met)
		}
		if err := w.meet(ctx, page); err != nil {
			return err
		}
	}
}

// meet reads rows first and facts after, as the planner does.
func (w *walk) meet(ctx context.Context, recipients []string) error {
	if len(recipients) == 0 {
		return nil
	}
	people, err := w.x.stores.withRows(ctx, w.stored, recipients)
	for _, p := range people {
		w.each(p)
	}
	return err
}

// withRows reads the people with the rows that they have.
func (s Stores) withRows(ctx context.Context, f Facts, recipients []string) ([]Person, error) {
	rows, err := s.Ledger.BySubject(ctx, f.Event.Part, f.Event.ID, recipients)
	if err != nil {
		return nil, err
	}
	people, err := s.persons(ctx, f, recipients, nil)
	by := rowsOf(rows)
	for i := range people {
		people[i].Rows = by[people[i].Recipient]
	}
	return people, err
}
