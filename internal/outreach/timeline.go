package outreach

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// HoldList reads what is held; notifications.Holds is one.
type HoldList interface {
	List(ctx context.Context) ([]notifications.Hold, error)
}

// Explainer says what would go out about an event, what became of what was to
// go to a person, and why. It plans in memory as the Planner does and writes
// nothing.
type Explainer struct {
	stores Stores
	holds  HoldList
	texts  *i18n.Catalogue
	now    func() notifications.Millis
}

// NewExplainer returns an explainer on domain time.
func NewExplainer(s Stores, h HoldList, texts *i18n.Catalogue, now func() notifications.Millis) *Explainer {
	return &Explainer{stores: s.withChannels(), holds: h, texts: texts, now: now}
}

// Timeline is what goes out about one event, went out, or will not. It counts
// messages and names nobody.
type Timeline struct {
	Event event.Event
	At    notifications.Millis
	// Supposed says that the event is not published yet, and is shown as if it
	// were published now.
	Supposed bool
	// Held says that a hold stops all of it for now.
	Held bool
	// People are those whom any rule may concern; Unsettled are those of them
	// whose seat is being settled, whose messages follow that.
	People, Unsettled int
	Rules             []RuleLine
}

// RuleLine is one rule with its messages.
type RuleLine struct {
	Rule string
	// Reminder is nil for built-in rules, and for a rule that holds no more.
	Reminder *reminder.Rule
	// Fires says when a reminder is wished for, Until how long it is useful, as
	// the rule says it: quiet hours are not applied yet.
	Fires, Until notifications.Millis
	Reading      calendar.Reading
	// Gone says that messages are left of a rule that holds no more.
	Gone bool
	Lots []Lot
}

// Kind is what messages of the rule are called: pending, confirmation, again,
// change, survey, reminder, announcement or afterwards.
func (r RuleLine) Kind() string { return kindOfRule(r.Rule, r.Reminder) }

func kindOfRule(id string, r *reminder.Rule) string {
	switch {
	case IsChange(id):
		return RuleChange
	case id == RulePending, id == RuleConfirmation, id == RuleAgain, id == RuleSurvey:
		return id
	case r != nil && r.Phase() == reminder.Announcement:
		return "announcement"
	case r != nil && r.Phase() == reminder.After:
		return "afterwards"
	}
	return "reminder"
}

// KindOf is the kind of messages of which the rule's id alone is known: all
// rules that people made are reminders.
func KindOf(rule string) string { return kindOfRule(rule, nil) }

// Kinds is the closed list of what Kind gives.
func Kinds() []string {
	return []string{RulePending, RuleConfirmation, RuleAgain, RuleChange, RuleSurvey, "reminder", "announcement", "afterwards"}
}

// Alike is what messages of one line have in common.
type Alike struct {
	State notifications.State
	// Reason says why it was not sent, or why it waits.
	Reason   notifications.Reason
	Class    notifications.Class
	Channel  string
	Language string
	// hour tells messages apart that are planned for different hours.
	hour notifications.Millis
}

// Lot is a number of messages alike. First and Last are when they go out, of
// those that are planned; both are the same where all go at once.
type Lot struct {
	Alike
	First, Last notifications.Millis
	Messages    int
}

// Timeline says what would go out about the event, and what went out. An event
// that nobody published yet is shown as if it were published now.
func (x *Explainer) Timeline(ctx context.Context, eventID string) (Timeline, error) {
	e, err := x.stores.Events.Get(ctx, eventID)
	if err != nil {
		return Timeline{}, err
	}
	reminders, err := x.stores.reminders(ctx, e)
	if err != nil {
		return Timeline{}, err
	}
	v, err := x.view(ctx, e, reminders)
	if err != nil {
		return Timeline{}, err
	}
	count := newTally(v, x.texts)
	err = x.everybody(ctx, v, []view{v}, func(p Person) { count.person(p) }, count.loose)
	return count.timeline(), err
}

// view is an event with its rules, as it is or as an edit would leave it.
type view struct {
	facts     Facts
	reminders []reminder.Rule
	rules     []Rule
	now       notifications.Millis
	supposed  bool
	held      bool
	// seats are those that the roll would give, by registration.
	seats seats
}

func (x *Explainer) view(ctx context.Context, e event.Event, reminders []reminder.Rule) (view, error) {
	v := view{reminders: reminders, now: x.now()}
	if e.PublishedAt == 0 && e.State != event.Cancelled {
		v.supposed = true
		e.State, e.PublishedAt = event.Published, calendar.Instant(v.now)
	}
	f, err := x.stores.withSurvey(ctx, Facts{Event: e, Channels: x.stores.Channels})
	if err != nil {
		return view{}, err
	}
	v.facts, v.rules = f, Rules(reminders, f.Channels)
	holds, err := x.holds.List(ctx)
	for _, h := range holds {
		v.held = v.held || h.Unit == "" || h.Unit == e.Unit
	}
	return v, err
}

// project gives the person's rows as they are once the planner has looked, and
// the seat is settled as the registration has it.
func (v view) project(p Person) []notifications.Row {
	d := newDraft(v.now)
	p.Unsettled = p.Double
	d.plan(v.facts, p, v.rules)
	rows := append(make([]notifications.Row, 0, len(p.Rows)+len(d.inserts)), p.Rows...)
	for _, c := range d.changes {
		for i := range rows {
			if rows[i].ID == c.Row.ID {
				rows[i] = c.Row
			}
		}
	}
	return append(rows, d.inserts...)
}

// person is what is known of the person in this view.
func (v view) person(p Person) Person {
	if seat, ok := v.seats[p.Registration.ID]; ok && p.Registration.ID != "" {
		p.Registration = p.Registration.Seated(seat, v.facts.Event, calendar.Instant(v.now))
	}
	return p
}

// seats are places on a roll by the ids of their registrations.
type seats = map[string]registration.Seat
