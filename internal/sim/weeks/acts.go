package weeks

import (
	"context"
	"errors"
	"fmt"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// slot is the one slot of every event.
const slot = "all"

// doing is an act as it is carried out.
type doing = func(context.Context, *world) error

// act carries out an act and tells how it went. What the services refuse is
// part of life; what fails is not.
func (w *world) act(ctx context.Context, a act) {
	err := a.do(ctx, w)
	var refused *fault.Error
	switch {
	case err == nil:
		w.tellf(a.who, "%s", a.name)
	case errors.Is(err, errNoLink):
		w.tellf(a.who, "%s: has no mail for that", a.name)
	case errors.Is(err, errNoSeat):
		w.tellf(a.who, "%s: is not registered", a.name)
	case errors.As(err, &refused) && refused.Kind != fault.Unavailable && refused.Kind != fault.Internal:
		w.tellf(a.who, "%s: refused, %s", a.name, refused.Code)
	default:
		w.office.err = fmt.Errorf("%s %s: %w", a.who, a.name, err)
	}
}

func (w *world) organizer() actor.Actor {
	organizer, _ := staff(w.plan.units)
	return organizer
}

func localOf(at millis) *calendar.Local {
	l := calendar.LocalOf(calendar.Instant(at), unit.DefaultZone)
	return &l
}

// enterPerson has staff enter a resident.
func (w *world) enterPerson(ctx context.Context, n int) error {
	one := w.plan.people[n]
	d := resident.Draft{ID: one.id, Unit: w.plan.units[one.unit], Name: one.name, Locale: "en", Household: one.household}
	if one.inVillage {
		d.Village = w.plan.villages[one.unit]
	}
	if one.email != "" {
		d.Contacts = append(d.Contacts, resident.ContactInput{Kind: contact.Email, Value: one.email})
	}
	if one.phone != "" {
		d.Contacts = append(d.Contacts, resident.ContactInput{Kind: contact.Phone, Value: one.phone})
	}
	purposes, texts, err := one.agrees()
	if err != nil {
		return err
	}
	for i, p := range append([]resident.Purpose{resident.ForRegistration}, purposes...) {
		d.Consents = append(d.Consents, resident.Choice{Purpose: p, Given: true, Text: texts[i], Source: resident.FromPaper})
	}
	_, err = w.office.app.Services.Residents.Create(ctx, w.organizer(), d)
	return err
}

// agrees gives what a person agrees to beside the registration, and the texts
// of all, that of the registration first.
func (one person) agrees() (purposes []resident.Purpose, texts []string, err error) {
	if one.reminders {
		purposes = append(purposes, resident.ForReminders)
	}
	if one.surveys {
		purposes = append(purposes, resident.ForSurveys)
	}
	if one.news {
		purposes = append(purposes, resident.ForNews)
	}
	for _, p := range append([]resident.Purpose{resident.ForRegistration}, purposes...) {
		t, err := resident.TextFor(p, "en")
		if err != nil {
			return nil, nil, err
		}
		texts = append(texts, t.ID)
	}
	return purposes, texts, nil
}

// publish plans, approves and publishes an event.
func (w *world) publish(ctx context.Context, e *sunday) error {
	village := ""
	if e.inVillage {
		village = w.plan.villages[e.unit]
	}
	_, err := w.office.app.Services.Events.Create(ctx, w.organizer(), e.id, event.Input{
		Unit: w.plan.units[e.unit], Village: village, Type: e.kind, Title: "Event " + e.id[:8], Place: event.Place{Name: "House of culture"},
		LocalStart: *localOf(e.start), LocalEnd: *localOf(e.start + 3*hour),
		Slots: []event.Slot{{ID: slot, Name: "All", Capacity: e.seats}},
	})
	if err != nil {
		return err
	}
	return w.toPublic(ctx, e)
}

func (w *world) toPublic(ctx context.Context, e *sunday) error {
	organizer, approver := staff(w.plan.units)
	for _, step := range []struct {
		who actor.Actor
		act event.Act
	}{{organizer, event.Submit}, {approver, event.Approve}, {organizer, event.Publish}} {
		if _, err := w.office.app.Services.Events.Do(ctx, step.who, e.id, 0, step.act, ""); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) copy(ctx context.Context, e *sunday) error {
	m := event.Move{LocalStart: localOf(e.start), LocalEnd: localOf(e.start + 3*hour)}
	if _, err := w.office.app.Services.Events.Copy(ctx, w.organizer(), e.id, e.copyOf.id, m); err != nil {
		return err
	}
	return w.toPublic(ctx, e)
}

func do(e *sunday, a event.Act, note string) doing {
	return func(ctx context.Context, w *world) error {
		_, err := w.office.app.Services.Events.Do(ctx, w.organizer(), e.id, 0, a, note)
		return err
	}
}

// move moves an event by a time, wherever it is by now.
func move(e *sunday, by millis) doing {
	return func(ctx context.Context, w *world) error {
		now, err := w.truth.Events.Get(ctx, e.id)
		if err != nil {
			return err
		}
		start, end := millis(now.StartAt)+by, millis(now.EndAt)+by
		_, err = w.office.app.Services.Events.Reschedule(ctx, w.organizer(), e.id, 0, event.Move{
			LocalStart: localOf(start), LocalEnd: localOf(end),
		})
		return err
	}
}

func rehouse(e *sunday, name string) doing {
	return func(ctx context.Context, w *world) error {
		_, err := w.office.app.Services.Events.Reschedule(ctx, w.organizer(), e.id, 0, event.Move{Place: &event.Place{Name: name}})
		return err
	}
}

// describe says more of an event: nothing that anybody is told of.
func describe(e *sunday) doing {
	return func(ctx context.Context, w *world) error {
		about := "There will be tea."
		_, err := w.office.app.Services.Events.Edit(ctx, w.organizer(), e.id, 0, event.Patch{About: &about})
		return err
	}
}

func seat(e *sunday, seats int) doing {
	return func(ctx context.Context, w *world) error {
		slots := []event.Slot{{ID: slot, Name: "All", Capacity: seats}}
		_, err := w.office.app.Services.Events.Edit(ctx, w.organizer(), e.id, 0, event.Patch{Slots: &slots})
		return err
	}
}

// count counts the first registered by name, and walk-ins.
func count(e *sunday, names int) doing {
	return func(ctx context.Context, w *world) error {
		scans := []attendance.Scan{{ID: "walk-ins-" + e.id[:8], Source: attendance.Tally, Slot: slot, People: 5}}
		for n := range w.plan.people {
			reg, known, err := w.registration(ctx, n, e)
			if err != nil {
				return err
			}
			if !known || len(scans) > names || reg.State != registration.Registered {
				continue
			}
			scans = append(scans, attendance.Scan{
				ID: fmt.Sprintf("scan-of-%d-at-%s", n, e.id[:8]), Source: attendance.Name, Slot: slot, People: 1, Registration: reg.ID,
			})
		}
		_, err := w.office.app.Services.Attendance.Count(ctx, w.organizer(), e.id, scans)
		return err
	}
}

func report(e *sunday) doing {
	return func(ctx context.Context, w *world) error {
		_, err := w.office.app.Services.Events.File(ctx, w.organizer(), e.id, 0, event.ReportInput{
			Households: 3, Villages: 1, Officials: 2, Summary: "Done.",
		})
		return err
	}
}
