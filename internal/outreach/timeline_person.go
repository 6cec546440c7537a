package outreach

import (
	"cmp"
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

// KeptFor is how long rows of the ledger name their recipients, and StoryWithin
// the same: so far back go a person's stories.
const (
	KeptFor     = 90 * 24 * time.Hour
	StoryWithin = notifications.Millis(KeptFor / time.Millisecond)
)

// MaxStoryEvents bounds the events of one answer, the latest first.
const MaxStoryEvents = 100

// Why says why a rule has no message for somebody at all.
type Why string

// Reasons of what never became a row.
const (
	WhyUnpublished Why = "unpublished"     // residents do not see the event yet
	WhyUnconfirmed Why = "unconfirmed"     // the person never confirmed the registration
	WhyNoConsent   Why = "no_consent"      // to news
	WhyNotAsked    Why = "not_in_audience" // it speaks to others
	WhyAnswered    Why = "answered"        // it was announced to those who had not registered
	WhyNothingNew  Why = "nothing_new"     // nothing changed that the person does not know
	WhyNoSurvey    Why = "no_survey"       // there is none, or not yet
	WhySoon        Why = "soon"            // the planner has not come to it yet
)

// Whys is the closed list.
func Whys() []Why {
	return []Why{WhyUnpublished, WhyUnconfirmed, WhyNoConsent, WhyNotAsked, WhyAnswered, WhyNothingNew, WhyNoSurvey, WhySoon}
}

// Story is what became of one rule for a person at an event.
type Story struct {
	// Event is the zero value but for its id where the event is gone.
	Event event.Event
	Rule  string
	// Kind is one of Kinds.
	Kind string
	// Row is nil where the rule has none, and Why says why then.
	Row *notifications.Row
	Why Why
}

// Stories tells what became of every rule for the person since the instant, at
// the events with messages to them under any of their ids, those where they are
// registered, and the published ones that are announced around them; the latest
// event first, at most MaxStoryEvents of them: more says that some are left out.
func (x *Explainer) Stories(ctx context.Context, who resident.Resident, since notifications.Millis) (stories []Story, more bool, err error) {
	ids := append([]string{who.ID}, who.Aliases...)
	rows, err := x.rowsOf(ctx, ids)
	if err != nil {
		return nil, false, err
	}
	by := make(map[string][]notifications.Row)
	for _, r := range rows {
		by[r.Occurrence] = append(by[r.Occurrence], r)
	}
	events, err := x.eventsOf(ctx, who, ids, by, since)
	if err != nil {
		return nil, false, err
	}
	if more = len(events) > MaxStoryEvents; more {
		events = events[:MaxStoryEvents]
	}
	for _, e := range events {
		found, err := x.storiesAt(ctx, e, ids, by[e.ID])
		if err != nil {
			return nil, false, err
		}
		stories = append(stories, found...)
	}
	return stories, more, nil
}

// rowsOf reads all rows of the ids: those of old events are left out later, so
// that an event that is told of is told of whole.
func (x *Explainer) rowsOf(ctx context.Context, ids []string) ([]notifications.Row, error) {
	var out []notifications.Row
	for _, one := range ids {
		for after := ""; ; {
			rows, err := x.stores.Report.Rows(ctx, notifications.Filter{Recipient: RecipientOf(one)}, after, planRecipients)
			if err != nil {
				return nil, err
			}
			out = append(out, rows...)
			if len(rows) < planRecipients {
				break
			}
			after = rows[len(rows)-1].ID
		}
	}
	return out, nil
}

// eventsOf gives the events to tell of, the latest first.
func (x *Explainer) eventsOf(ctx context.Context, who resident.Resident, ids []string, by map[string][]notifications.Row, since notifications.Millis) ([]event.Event, error) {
	met := make(map[string]event.Event)
	for occurrence := range by {
		met[occurrence] = event.Event{}
	}
	for _, one := range ids {
		regs, err := x.stores.Registrations.ByResident(ctx, one, maxOfResident)
		if err != nil {
			return nil, err
		}
		for _, r := range regs {
			met[r.Event] = event.Event{}
		}
	}
	around, err := x.stores.announcedAround(ctx, who, calendar.Instant(since))
	if err != nil {
		return nil, err
	}
	for _, e := range around {
		met[e.ID] = e
	}
	var out []event.Event
	for one, e := range met {
		if e.ID == "" {
			if e, err = x.eventOrGone(ctx, one); err != nil {
				return nil, err
			}
		}
		lately := func(r notifications.Row) bool { return !r.Closed() || max(r.Due, r.EndedAt) >= since }
		if notifications.Millis(e.EndAt) >= since || slices.ContainsFunc(by[one], lately) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b event.Event) int {
		return cmp.Or(cmp.Compare(b.StartAt, a.StartAt), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// eventOrGone gives an event that is nothing but its id where it is gone.
func (x *Explainer) eventOrGone(ctx context.Context, eventID string) (event.Event, error) {
	e, err := x.stores.Events.Get(ctx, eventID)
	if errors.Is(err, record.ErrAbsent) {
		e, err = event.Event{}, nil
		e.ID = eventID
	}
	return e, err
}

// announcedAround are published events from the instant on that are news where
// the resident lives, whether they agree to news or not.
func (s Stores) announcedAround(ctx context.Context, r resident.Resident, from calendar.Instant) ([]event.Event, error) {
	filters := []event.Filter{{Unit: r.Unit}}
	if r.Village != "" {
		filters = append(filters, event.Filter{Village: r.Village})
	}
	var events []event.Event
	for _, f := range filters {
		f.States, f.From = []event.State{event.Published}, from
		list, err := s.Events.Page(ctx, f, page.Request{Limit: maxOfResident})
		if err != nil {
			return nil, err
		}
		for _, e := range list.Items {
			if !reads(e, r) {
				continue
			}
			rules, err := s.reminders(ctx, e)
			if err != nil {
				return nil, err
			}
			if announced(rules) {
				events = append(events, e)
			}
		}
	}
	return events, nil
}

// storiesAt tells of one event: of every row, and of every rule without one.
func (x *Explainer) storiesAt(ctx context.Context, e event.Event, ids []string, rows []notifications.Row) ([]Story, error) {
	if e.Unit == "" { // the event is gone; its rows say what they say
		return rowStories(e, nil, rows), nil
	}
	reminders, err := x.stores.reminders(ctx, e)
	if err != nil {
		return nil, err
	}
	stories := rowStories(e, reminders, rows)
	facts, err := x.stores.withSurvey(ctx, Facts{Event: e, Channels: x.stores.Channels})
	if err != nil {
		return nil, err
	}
	recipients := make([]string, len(ids))
	for i, one := range ids {
		recipients[i] = RecipientOf(one)
	}
	people, err := x.stores.withRows(ctx, facts, recipients)
	if err != nil {
		return nil, err
	}
	p := foremost(people)
	for _, rule := range Rules(reminders, facts.Channels) {
		if slices.ContainsFunc(rows, func(r notifications.Row) bool { return r.Rule == rule.ID }) {
			continue
		}
		if why := whyNot(rule, facts, p, x.now()); why != "" {
			stories = append(stories, Story{Event: e, Rule: rule.ID, Kind: kindOfRule(rule.ID, rule.Reminder), Why: why})
		}
	}
	return stories, nil
}

// foremost is the record of the person that has a registration, else the one
// that lives on, which comes first.
func foremost(people []Person) Person {
	for _, p := range people {
		if holds(p.Registration) {
			return p
		}
	}
	for _, p := range people {
		if !p.stranger() {
			return p
		}
	}
	return people[0]
}

func rowStories(e event.Event, reminders []reminder.Rule, rows []notifications.Row) []Story {
	stories := make([]Story, 0, len(rows))
	for _, r := range rows {
		kind := kindOfRow(r, reminders)
		stories = append(stories, Story{Event: e, Rule: r.Rule, Kind: kind, Row: &r})
	}
	slices.SortStableFunc(stories, func(a, b Story) int {
		return cmp.Or(cmp.Compare(a.Row.Wish, b.Row.Wish), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Row.Round, b.Row.Round))
	})
	return stories
}

// kindOfRow is what the row's message is called, also when its rule is gone.
func kindOfRow(row notifications.Row, reminders []reminder.Rule) string {
	i := slices.IndexFunc(reminders, func(r reminder.Rule) bool { return r.ID == row.Rule })
	if i >= 0 {
		return kindOfRule(row.Rule, &reminders[i])
	}
	return kindOfRule(row.Rule, pinned(row).Reminder)
}

// whyNot says why the rule has no row for the person; "" where there is nothing
// to explain, since nobody would miss it.
func whyNot(rule Rule, f Facts, p Person, now notifications.Millis) Why {
	want := When(rule, f, p, now)
	confirmed := p.Registration.Confirmed && p.Registration.State != registration.Unsettled
	switch {
	case rule.announces():
		return whyNoNews(f, p, want)
	case p.stranger(), onlyTheirs(rule.ID), IsChange(rule.ID) && rule.ID != RuleChange:
		return ""
	case want.Reason == notifications.ReasonErased:
		return ""
	case want.Covered:
		return WhySoon
	case !mayTell(f.Event):
		return WhyUnpublished
	case !confirmed:
		return WhyUnconfirmed
	case rule.ID == RuleChange:
		return WhyNothingNew
	case rule.ID == RuleSurvey:
		return WhyNoSurvey
	}
	return WhyNotAsked
}

func whyNoNews(f Facts, p Person, want Want) Why {
	switch {
	case want.Reason == notifications.ReasonErased:
		return ""
	case want.Covered:
		return WhySoon
	case !mayTell(f.Event):
		return WhyUnpublished
	case !p.stranger() || p.Elsewhere:
		return WhyAnswered
	case !reads(f.Event, p.Resident):
		return WhyNotAsked
	case !p.Resident.Agrees(resident.ForNews):
		return WhyNoConsent
	}
	return WhyNotAsked
}
