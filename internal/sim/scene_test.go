package sim_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Names of the scene's events and people.
const (
	moved, cancelled, restored = "moved", "cancelled", "restored"

	lan, hung, silent, waiting, leaver, late = "lan", "hung", "silent", "waiting", "leaver", "late"
	confirmer, dreamer                       = "confirmer", "dreamer"
	mother, child                            = "mother", "child" // one household, one address
)

const communeCode = "24848"

var (
	hanoi = time.FixedZone("+07", 7*60*60)
	// monday is when the scene begins, sunday the day of its events.
	monday = time.Date(2026, 3, 2, 8, 0, 0, 0, hanoi)
	sunday = time.Date(2026, 3, 8, 8, 0, 0, 0, hanoi)
)

// scene is one fixed Sunday with the people who take part in it.
type scene struct {
	commune   string
	events    map[string]string // name -> id
	people    map[string]string // name -> id of the resident
	ids       id.Source
	keys      sync.Map // id of a row -> its notifications.Key
	organizer actor.Actor
	approver  actor.Actor
}

// parts are the parts of the events by their id.
func (s *scene) parts() map[string]int {
	parts := map[string]int{}
	for _, e := range s.events {
		parts[e] = id.Part(e)
	}
	return parts
}

// nameOf finds the name of an id.
func nameOf(ids map[string]string, id string) string {
	for name, one := range ids {
		if one == id {
			return name
		}
	}
	return id
}

// lay makes the units, the people, the events and the first registrations.
func (s *scene) lay(ctx context.Context, office *app.App) error {
	if err := s.units(ctx, office); err != nil {
		return err
	}
	for _, name := range []string{lan, hung, silent, waiting, leaver, late, mother, child} {
		if err := s.resident(ctx, office, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if _, err := office.Services.Residents.DeclareHousehold(ctx, s.organizer, "", []string{s.people[mother], s.people[child]}); err != nil {
		return err
	}
	if err := s.program(ctx, office); err != nil {
		return err
	}
	return s.register(ctx, office)
}

func (s *scene) units(ctx context.Context, office *app.App) error {
	all, err := unit.StateUnits()
	if err != nil {
		return err
	}
	few := slices.DeleteFunc(unit.InProvince(all, "68"), func(u unit.Unit) bool { return u.Code != "68" && u.Code != communeCode })
	s.commune = unit.StateID(communeCode)
	s.organizer = actor.Staff("organizer", []actor.Grant{
		{Role: actor.Organizer, Unit: s.commune}, {Role: actor.CheckIn, Unit: s.commune},
	}, actor.AllScopes)
	s.approver = actor.Staff("approver", []actor.Grant{{Role: actor.Approver, Unit: unit.StateID("68")}}, actor.AllScopes)
	return office.Services.Units.EnsureMany(ctx, actor.System("start"), few)
}

// resident makes a person with a mail address who agrees to everything; the
// silent one has no contact at all.
func (s *scene) resident(ctx context.Context, office *app.App, name string) error {
	d := resident.Draft{Unit: s.commune, Name: name, Locale: "en"}
	if name != silent {
		d.Contacts = []resident.ContactInput{{Kind: contact.Email, Value: addressOf(name)}}
		for _, p := range []resident.Purpose{resident.ForRegistration, resident.ForReminders, resident.ForSurveys} {
			t, err := resident.TextFor(p, "en")
			if err != nil {
				return err
			}
			d.Consents = append(d.Consents, resident.Choice{Purpose: p, Given: true, Text: t.ID, Source: resident.FromPaper})
		}
	}
	made, err := office.Services.Residents.Create(ctx, s.organizer, d)
	s.people[name] = made.ID
	return err
}

func addressOf(name string) string {
	if name == mother || name == child {
		name = "family"
	}
	return name + "@example.org"
}

// program plans, approves and publishes the three events. The first has eight
// seats and a second reminder, whose unknown is left.
func (s *scene) program(ctx context.Context, office *app.App) error {
	for i, name := range []string{moved, cancelled, restored} {
		slots := []event.Slot{{ID: "all", Name: "All"}}
		if name == moved {
			slots[0].Capacity = 7
		}
		start := sunday.Add(time.Duration(3*i) * time.Hour)
		local := func(t time.Time) calendar.Local { return calendar.LocalOf(calendar.FromTime(t), unit.DefaultZone) }
		e, err := office.Services.Events.Create(ctx, s.organizer, s.idIn(5+i%2), event.Input{
			Unit: s.commune, Type: event.Volunteer, Title: "Event " + name,
			Place:      event.Place{Name: "House of culture"},
			LocalStart: local(start), LocalEnd: local(start.Add(3 * time.Hour)), Slots: slots,
		})
		if err != nil {
			return err
		}
		s.events[name] = e.ID
		if err := s.publish(ctx, office, e.ID); err != nil {
			return err
		}
	}
	in := reminder.Input{MinutesBefore: 180, OnUnknown: reminder.Leave}
	_, err := office.Services.Reminders.Add(ctx, s.organizer, "", s.events[moved], in)
	return err
}

// idIn draws ids until one is of the part: few parts, few calls.
func (s *scene) idIn(part int) string {
	for {
		if drawn := s.ids.New(monday.UnixMilli()); id.Part(drawn) == part {
			return drawn
		}
	}
}

func (s *scene) publish(ctx context.Context, office *app.App, eventID string) error {
	for _, step := range []struct {
		who actor.Actor
		act event.Act
	}{{s.organizer, event.Submit}, {s.approver, event.Approve}, {s.organizer, event.Publish}} {
		if _, err := office.Services.Events.Do(ctx, step.who, eventID, 0, step.act, ""); err != nil {
			return err
		}
	}
	return nil
}

// register fills the first event: six by staff and two by the public form,
// which leaves one on the waitlist; some come to the others, too.
func (s *scene) register(ctx context.Context, office *app.App) error {
	for _, r := range []struct {
		event, who string
		party      int
	}{
		{moved, lan, 2}, {moved, hung, 1}, {moved, silent, 1}, {moved, leaver, 1},
		{cancelled, lan, 1}, {cancelled, hung, 1}, {cancelled, leaver, 1},
		{restored, lan, 1}, {restored, waiting, 1}, {restored, mother, 1}, {restored, child, 2},
	} {
		if err := s.enter(ctx, office, r.event, r.who, r.party); err != nil {
			return err
		}
	}
	for _, name := range []string{confirmer, dreamer} {
		if err := s.form(ctx, office, name); err != nil {
			return err
		}
	}
	return s.enter(ctx, office, moved, waiting, 1)
}

func (s *scene) enter(ctx context.Context, office *app.App, eventName, who string, party int) error {
	_, err := office.Services.Registrations.Enter(ctx, s.organizer, registration.Entry{
		Event: s.events[eventName], Resident: s.people[who], Slot: "all", Party: party,
	})
	return err
}

// form registers somebody by the public form.
func (s *scene) form(ctx context.Context, office *app.App, name string) error {
	f := registration.Form{
		Event: s.events[moved], ID: "form-of-the-" + name, Slot: "all", Party: 1,
		Name: name, Email: addressOf(name), Locale: "en",
	}
	for _, p := range []resident.Purpose{resident.ForReminders, resident.ForSurveys} {
		t, err := resident.TextFor(p, "en")
		if err != nil {
			return err
		}
		f.Purposes, f.Texts = append(f.Purposes, p), append(f.Texts, t.ID)
	}
	if _, err := office.Services.Registrations.RegisterPublic(ctx, f); err != nil {
		return err
	}
	s.people[name] = id.Hash("form", f.Event, f.ID)
	return nil
}

var (
	confirmLink = regexp.MustCompile(outreach.ConfirmPath + `([A-Za-z0-9_-]+)`)
	errNoLink   = errors.New("no mail with a link to confirm by")
)

// stage is something that the office or people do, and when the worker has
// something to do after that.
type stage struct {
	at    time.Time
	act   func(ctx context.Context, w *world) error
	ticks []time.Duration
}

// stages are the fixed Sunday after its preparation. Between two of them there
// is time enough to make good what a kill left behind.
func (s *scene) stages() []stage {
	now, twice := []time.Duration{0}, []time.Duration{0, time.Minute}
	noticed := 6 * time.Minute // a change is told of five minutes after the edit
	return []stage{
		{monday, nil, now},
		{monday.Add(time.Hour), s.confirmAndLeave, now},
		{monday.Add(49 * time.Hour), nil, twice}, // what was never confirmed lapses, and who waited gets the seat
		{monday.Add(74 * time.Hour), s.moveAndCancel, []time.Duration{0, noticed}},
		{monday.Add(78 * time.Hour), s.restore, []time.Duration{noticed}},
		{sunday.Add(-13 * time.Hour), nil, now},       // Saturday 19:00: reminders
		{sunday.Add(-2 * time.Hour), s.joinLate, now}, // and three hours before the moved start, which is too early
		{sunday.Add(-time.Hour), nil, now},            // until the quiet hours end at 7:00
		{sunday.Add(90 * time.Minute), s.count, nil},
		{sunday.Add(12 * time.Hour), nil, now},      // events close
		{sunday.Add(36 * time.Hour), nil, twice},    // surveys open
		{sunday.Add(20 * 24 * time.Hour), nil, now}, // and close
	}
}

// confirmAndLeave: one presses the button of the first mail, one opts out.
func (s *scene) confirmAndLeave(ctx context.Context, w *world) error {
	for _, text := range w.post.texts(addressOf(confirmer)) {
		if link := confirmLink.FindStringSubmatch(text); link != nil {
			if _, err := w.office.Services.Registrations.Confirm(ctx, link[1]); err != nil {
				return err
			}
			who, err := w.office.Store().Residents.Get(ctx, s.people[leaver])
			if err != nil {
				return err
			}
			_, err = w.office.Services.Contacts.OptOut(ctx, actor.Resident(), who.Contact)
			return err
		}
	}
	return errNoLink
}

// moveAndCancel moves one event by an hour and cancels the two others.
func (s *scene) moveAndCancel(ctx context.Context, w *world) error {
	local := func(t time.Time) *calendar.Local {
		l := calendar.LocalOf(calendar.FromTime(t), unit.DefaultZone)
		return &l
	}
	events := w.office.Services.Events
	_, err := events.Reschedule(ctx, s.organizer, s.events[moved], 0, event.Move{
		LocalStart: local(sunday.Add(time.Hour)), LocalEnd: local(sunday.Add(4 * time.Hour)),
	})
	if err != nil {
		return err
	}
	for _, name := range []string{cancelled, restored} {
		if _, err := events.Do(ctx, s.organizer, s.events[name], 0, event.Cancel, "storm"); err != nil {
			return err
		}
	}
	return nil
}

func (s *scene) restore(ctx context.Context, w *world) error {
	_, err := w.office.Services.Events.Do(ctx, s.organizer, s.events[restored], 0, event.Restore, "")
	return err
}

// joinLate registers somebody after the reminders went out.
func (s *scene) joinLate(ctx context.Context, w *world) error {
	return s.enter(ctx, w.office, restored, late, 1)
}

// count counts two by name at the door, and some walk-ins.
func (s *scene) count(ctx context.Context, w *world) error {
	scans := []attendance.Scan{{ID: "scan-of-the-walk-ins", Source: attendance.Tally, Slot: "all", People: 5}}
	for _, name := range []string{lan, confirmer} {
		scans = append(scans, attendance.Scan{
			ID: "scan-of-the-guest-" + name, Source: attendance.Name, Slot: "all", People: 1,
			Registration: registration.IDOf(s.events[moved], s.people[name]),
		})
	}
	_, err := w.office.Services.Attendance.Count(ctx, s.organizer, s.events[moved], scans)
	return err
}
