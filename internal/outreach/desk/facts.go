package desk

import (
	"context"
	"errors"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/text"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// Lines rechecks rows and says what stands on their lines; outreach.Source is one.
type Lines interface {
	Printable(ctx context.Context, now notifications.Millis, rows []notifications.Row) ([]outreach.Printed, error)
	InHand(ctx context.Context, now notifications.Millis, rows []notifications.Row) ([]*outreach.Line, error)
	Refused(ctx context.Context, now notifications.Millis, rows []notifications.Row, contact string) (next []notifications.Lane, err error)
}

// ContactActs are what a call may tell of a contact; contact.Service is one.
type ContactActs interface {
	OptOut(ctx context.Context, act actor.Actor, id string) (contact.Contact, error)
	Lift(ctx context.Context, act actor.Actor, id string) (contact.Contact, error)
}

// ConsentActs log what somebody without a contact said; resident.Service is one.
type ConsentActs interface {
	Consent(ctx context.Context, act actor.Actor, resident string, choices ...resident.Choice) (resident.Resident, error)
}

// Dirt touches facts, so that the planner looks at them.
type Dirt struct {
	Events interface {
		Update(ctx context.Context, id string, change func(*event.Event) error) (event.Event, error)
	}
	Registrations interface {
		Update(ctx context.Context, id string, change func(*registration.Registration) error) (registration.Registration, error)
	}
}

// Facts is the paper.Source of Sunday. Who may tell it anything was asked by
// the Service.
type Facts struct {
	Lines    Lines
	Contacts ContactActs
	Consents ConsentActs
	Dirt     Dirt
}

var _ paper.Source = Facts{}

// Printable says which rows may be printed, and for which village's sheet.
// Whoever has no phone gets a letter, or a visit when it is urgent.
func (f Facts) Printable(ctx context.Context, now notifications.Millis, rows []notifications.Row) ([]paper.Verdict, error) {
	said, err := f.Lines.Printable(ctx, now, rows)
	if err != nil {
		return nil, err
	}
	out := make([]paper.Verdict, len(said))
	for i, p := range said {
		out[i] = paper.Verdict{
			RowID: p.RowID, Do: p.Do, Reason: p.Reason, NotBefore: p.NotBefore, Lane: p.Verdict.Lane,
			Village: p.Line.Village, Contact: p.Line.Contact, Kind: kindOf(rows[i].Class, p.Line.Phone != ""),
			Order: order(p.Line.Name),
		}
	}
	return out, nil
}

// order puts those last of whom no name is known: they are the hardest to find.
func order(name string) string {
	if name == "" {
		return "\uffff"
	}
	return text.Fold(name)
}

func kindOf(class notifications.Class, hasPhone bool) paper.Kind {
	if hasPhone || class == notifications.Urgent {
		return paper.Calls
	}
	return paper.Letters
}

// WrongNumber suppresses the row's contact and gives the next reach.
func (f Facts) WrongNumber(ctx context.Context, _ string, now notifications.Millis, row notifications.Row) (notifications.Lane, bool, error) {
	next, err := f.Lines.Refused(ctx, now, []notifications.Row{row}, row.Contact)
	if err != nil || len(next) != 1 {
		return notifications.Lane{}, false, err
	}
	return next[0], next[0] != (notifications.Lane{}), nil
}

// RightNumber lifts what a wrong number did.
func (f Facts) RightNumber(ctx context.Context, by string, row notifications.Row) error {
	_, err := f.Contacts.Lift(ctx, staff(by, row.Unit), row.Contact)
	return record.IgnoreAbsent(err)
}

// NeverAgain opts the contact out. Of somebody without one, every consent to
// messages is withdrawn, as said in the call.
func (f Facts) NeverAgain(ctx context.Context, by string, row notifications.Row) error {
	if row.Contact != "" {
		_, err := f.Contacts.OptOut(ctx, staff(by, row.Unit), row.Contact)
		return record.IgnoreAbsent(err)
	}
	var choices []resident.Choice
	for _, p := range resident.Purposes() {
		if p == resident.ForPhotos {
			continue
		}
		words, err := resident.TextFor(p, "")
		if err != nil {
			return err
		}
		choices = append(choices, resident.Choice{Purpose: p, Text: words.ID, Source: resident.FromCall})
	}
	_, err := f.Consents.Consent(ctx, staff(by, row.Unit), residentOf(row), choices...)
	if errors.Is(err, resident.ErrErased) {
		return nil
	}
	return record.IgnoreAbsent(err)
}

// LookAgain has the planner read the row's facts.
func (f Facts) LookAgain(ctx context.Context, row notifications.Row) error {
	_, err := f.Dirt.Registrations.Update(ctx, id.Hash(row.Occurrence, residentOf(row)), func(r *registration.Registration) error {
		r.Touch()
		return nil
	})
	if !errors.Is(err, record.ErrAbsent) {
		return err
	}
	_, err = f.Dirt.Events.Update(ctx, row.Occurrence, func(e *event.Event) error {
		e.Touch()
		return nil
	})
	return record.IgnoreAbsent(err)
}

func residentOf(row notifications.Row) string { return outreach.ResidentOf(row.Recipient) }

// staff is whoever entered a result, with the role on the unit that the
// Service has asked for.
func staff(by, unitID string) actor.Actor {
	grant := actor.Grant{Role: actor.VillageHead, Unit: unitID}
	return actor.Staff(strings.TrimPrefix(by, "account:"), []actor.Grant{grant}, actor.AllScopes)
}
