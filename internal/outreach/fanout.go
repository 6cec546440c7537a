package outreach

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

const (
	// maxOfResident bounds the registrations and the announced events of one
	// resident that are planned again; older ones are long over.
	maxOfResident = 200
	// fanOutPage is how many events or rows are read at once.
	fanOutPage = 200
	// ruleReaches is how long after its start an event may still have something
	// to say by a rule: the longest wait after the end, and its lateness.
	ruleReaches = (reminder.MaxDays + 7) * 24 * time.Hour
)

// FanOut makes what depends on dirty rules and residents dirty itself, or plans
// it at once. It returns how many rules and residents it took; what it did not
// finish is still dirty.
func (p *Planner) FanOut(ctx context.Context, limit int) (int, error) {
	rules, err := p.fanOutRules(ctx, limit)
	if err != nil {
		return rules, err
	}
	residents, err := p.fanOutResidents(ctx, limit)
	return rules + residents, err
}

// fanOutRules makes the events dirty for which dirty rules hold or held. A rule
// is cleaned after the last of them: whoever stops in between leaves it dirty,
// and touching an event twice harms nobody.
func (p *Planner) fanOutRules(ctx context.Context, limit int) (int, error) {
	rules, err := p.stores.Reminders.Dirty(ctx, limit)
	if err != nil {
		return 0, err
	}
	for n, r := range rules {
		if r.OfUnit() {
			err = p.touchEvents(ctx, r)
		} else {
			err = p.touchEvent(ctx, r.Owner)
		}
		if err != nil {
			return n, err
		}
		if _, err := p.stores.Reminders.Clean(ctx, r.ID, r.PlanVer); err != nil {
			return n, err
		}
	}
	return len(rules), nil
}

// touchEvents touches the events of the rule's unit, and of those below it,
// that it may speak of.
func (p *Planner) touchEvents(ctx context.Context, r reminder.Rule) error {
	f := event.Filter{
		Scope: r.Owner, From: max(calendar.Instant(p.now()).Add(-ruleReaches), 1),
		States: []event.State{event.Published, event.Postponed, event.Cancelled, event.Done, event.Reported},
	}
	req := page.Request{Limit: fanOutPage}
	for {
		list, err := p.stores.Events.Page(ctx, f, req)
		if err != nil {
			return err
		}
		for _, e := range list.Items {
			if r.Type != "" && r.Type != e.Type {
				continue
			}
			if err := p.touchEvent(ctx, e.ID); err != nil {
				return err
			}
		}
		if list.Next == nil {
			return nil
		}
		req.After = list.Next
	}
}

func (p *Planner) touchEvent(ctx context.Context, eventID string) error {
	_, err := p.stores.Events.Update(ctx, eventID, func(e *event.Event) error {
		e.Touch()
		return nil
	})
	return record.IgnoreAbsent(err)
}

// fanOutResidents makes the registrations of dirty residents dirty, so that a
// consent, a contact or an erasure reaches the rows, plans what was or is
// announced to them, and takes the erased out of their rows.
func (p *Planner) fanOutResidents(ctx context.Context, limit int) (int, error) {
	residents, err := p.stores.Residents.Dirty(ctx, limit)
	if err != nil {
		return 0, err
	}
	for n, r := range residents {
		done, err := p.fanOutResident(ctx, r)
		if err != nil {
			return n, err
		}
		if !done {
			continue // the next pass sees its end
		}
		if _, err := p.stores.Residents.Clean(ctx, r.ID, r.PlanVer); err != nil {
			return n, err
		}
	}
	return len(residents), nil
}

// fanOutResident reaches all that hangs on one resident, under each of their
// ids, and reports whether nothing is left to do.
func (p *Planner) fanOutResident(ctx context.Context, r resident.Resident) (done bool, err error) {
	done = true
	if r.MergedInto != "" || len(r.Aliases) > 0 {
		if done, err = p.stores.Merges.FollowMerge(ctx, r.ID); err != nil {
			return false, err
		}
	}
	for _, one := range append([]string{r.ID}, r.Aliases...) {
		if err := p.touchAll(ctx, one); err != nil {
			return false, err
		}
		settled, err := p.planNews(ctx, r, one)
		if err != nil {
			return false, err
		}
		gone, err := p.eraseRows(ctx, one, r.ErasedAt != 0)
		if err != nil {
			return false, err
		}
		done = done && settled && gone
	}
	return done, nil
}

func (p *Planner) touchAll(ctx context.Context, residentID string) error {
	regs, err := p.stores.Registrations.ByResident(ctx, residentID, maxOfResident)
	if err != nil {
		return err
	}
	for _, reg := range regs {
		_, err := p.stores.Registrations.Update(ctx, reg.ID, func(r *registration.Registration) error {
			r.Touch()
			return nil
		})
		if err := record.IgnoreAbsent(err); err != nil {
			return err
		}
	}
	return nil
}

// planNews plans the events that were announced to one id of the resident, or
// are to be now, and reports whether nobody else was at the rows.
func (p *Planner) planNews(ctx context.Context, r resident.Resident, one string) (bool, error) {
	events, err := p.announcedTo(ctx, one)
	if err != nil {
		return false, err
	}
	if one == r.ID {
		more, err := p.newsFor(ctx, r)
		if err != nil {
			return false, err
		}
		events = append(events, more...)
	}
	slices.Sort(events)
	settled := true
	for _, eventID := range slices.Compact(events) {
		e, err := p.stores.Events.Get(ctx, eventID)
		if errors.Is(err, record.ErrAbsent) {
			continue
		}
		if err != nil {
			return false, err
		}
		done, err := p.planStrangerPage(ctx, &e, []string{RecipientOf(one)})
		if err != nil {
			return false, err
		}
		settled = settled && done.Kept == 0
	}
	return settled, nil
}

// announcedTo are the events of which a resident has rows as a stranger.
func (p *Planner) announcedTo(ctx context.Context, residentID string) ([]string, error) {
	var events []string
	for after := ""; ; {
		rows, err := p.stores.Report.Rows(ctx, notifications.Filter{Recipient: RecipientOf(residentID)}, after, fanOutPage)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			after = row.ID
			if row.Told.Seat == SeatNone {
				events = append(events, row.Occurrence)
			}
		}
		if len(rows) < fanOutPage {
			return events, nil
		}
	}
}

// newsFor are the coming events that are announced to the resident's village
// or unit.
func (p *Planner) newsFor(ctx context.Context, r resident.Resident) ([]string, error) {
	if !r.News {
		return nil, nil
	}
	coming, err := p.stores.announcedAround(ctx, r, calendar.Instant(p.now()))
	events := make([]string, len(coming))
	for i, e := range coming {
		events[i] = e.ID
	}
	return events, err
}

// eraseRows takes an erased resident out of the rows, and reports whether none
// is left: one that is being handed over stays until its end.
func (p *Planner) eraseRows(ctx context.Context, residentID string, erased bool) (bool, error) {
	if !erased {
		return true, nil
	}
	left, err := p.stores.Report.Erase(ctx, RecipientOf(residentID), p.now())
	return left == 0, err
}
