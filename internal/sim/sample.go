package sim

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
)

// Codes of the sample: Lam Dong, and the commune that the demo shows.
const (
	provinceCode = "68"
	communeCode  = "24848"
	zone         = unit.DefaultZone
)

// sampleResidents is how many residents the sample commune has.
const sampleResidents = 80

// Tour is what the demo shows somebody who has just started it.
type Tour struct {
	// Tokens by login: organizer, approver, reviewer, admin.
	Tokens []Token
	// Coming and Past are ids of events; OwnPage is a resident's own page.
	Coming, Past, OwnPage string
	Unit                  string
}

// Token is an API token and whose it is.
type Token struct{ Login, Token string }

// Sample makes the sample province by the real services on a clock that it
// moves: one Sunday that was, with answers and a scorecard, and one that comes.
type Sample struct {
	app     *app.App
	clock   *app.HandClock
	catcher *mailcatch.Catcher
	rand    *rand.Rand

	commune   unit.Unit
	villages  []unit.Unit
	residents []string
	staff     map[string]actor.Actor
	tour      Tour
}

// NewSample prepares a sample in the open program.
func NewSample(a *app.App, clock *app.HandClock, catcher *mailcatch.Catcher, seed uint64) *Sample {
	random := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // made-up people, the same each time
	return &Sample{app: a, clock: clock, catcher: catcher, rand: random, staff: map[string]actor.Actor{}}
}

// Make makes everything and leaves the clock at now. Two that make it in one
// database at once, or again, are refused.
func (s *Sample) Make(ctx context.Context, now time.Time) (Tour, error) {
	past, coming := sundayBefore(now.AddDate(0, 0, -22)), sundayBefore(now.AddDate(0, 0, 9))
	steps := []func(context.Context) error{
		func(ctx context.Context) error { return s.at(ctx, past.AddDate(0, 0, -14)) },
		s.people,
		func(ctx context.Context) error { return s.past(ctx, past) },
		func(ctx context.Context) error { return s.at(ctx, morningBefore(now)) },
		func(ctx context.Context) error { return s.coming(ctx, coming) },
		func(ctx context.Context) error { return s.at(ctx, now) },
	}
	if err := begin(ctx, s.app); err != nil {
		return s.tour, err
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return s.tour, fmt.Errorf("sample: %w", err)
		}
	}
	return s.tour, finish(ctx, s.app)
}

// sundayBefore is the last Sunday at or before the day, 7:00 in Da Lat.
func sundayBefore(t time.Time) time.Time {
	local := calendar.InZone(calendar.FromTime(t), zone)
	day := local.AddDate(0, 0, -int(local.Weekday()))
	return time.Date(day.Year(), day.Month(), day.Day(), 7, 0, 0, 0, local.Location())
}

// morningBefore is the last nine o'clock in Da Lat before the moment: whoever is
// registered then is told so at once, whatever the hour is at which the sample
// is made, since mail keeps the quiet hours.
func morningBefore(t time.Time) time.Time {
	local := calendar.InZone(calendar.FromTime(t.Add(-30*time.Minute)), zone)
	nine := time.Date(local.Year(), local.Month(), local.Day(), 9, 0, 0, 0, local.Location())
	if nine.After(local) {
		return nine.AddDate(0, 0, -1)
	}
	return nine
}

// at moves the clock and lets the worker do all that is then due.
func (s *Sample) at(ctx context.Context, t time.Time) error {
	s.clock.Set(t)
	return s.settle(ctx)
}

// settle steps the worker until nothing more goes out. Jobs follow each other
// (an event closes, its survey is made, opens, invites), each one step later
// on a clock that has to move for them.
func (s *Sample) settle(ctx context.Context) error {
	for range 6 {
		if _, err := s.app.Step(ctx); err != nil {
			return err
		}
		s.clock.Set(s.clock.Now().Add(time.Minute))
	}
	return nil
}

// people makes the staff, the villages and the residents.
func (s *Sample) people(ctx context.Context) error {
	var err error
	if s.commune, err = s.app.Store().Units.ByCode(ctx, communeCode); err != nil {
		return err
	}
	s.tour.Unit = s.commune.ID
	for _, one := range []struct{ login, name, unit, role string }{
		{"organizer", "Cán bộ tổ chức", communeCode, "organizer"},
		{"approver", "Lãnh đạo duyệt", provinceCode, "approver"},
		{"reviewer", "Cán bộ theo dõi", communeCode, "reviewer"},
		{"admin", "Quản trị", communeCode, "admin"},
	} {
		if err := s.account(ctx, one.login, one.name, one.unit, one.role); err != nil {
			return err
		}
	}
	for _, v := range villages {
		made, err := s.app.Services.Units.Create(ctx, s.staff["admin"], unit.Draft{
			Kind: unit.Village, Parent: s.commune.ID, Names: map[string]string{"vi": v},
		})
		if err != nil {
			return err
		}
		s.villages = append(s.villages, made)
	}
	for n := range sampleResidents {
		if err := s.resident(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sample) account(ctx context.Context, login, name, unitCode, role string) error {
	roles := []string{role}
	if role == "organizer" {
		roles = append(roles, "checkin")
	}
	if _, err := s.app.AddAccount(ctx, app.NewAccount{Login: login, Name: name, Unit: unitCode, Roles: roles}); err != nil {
		return err
	}
	token, err := s.app.AddToken(ctx, login, "demo", nil, 365)
	if err != nil {
		return err
	}
	act, err := s.app.Services.Accounts.Authenticate(ctx, token)
	s.staff[login] = act
	s.tour.Tokens = append(s.tour.Tokens, Token{login, token})
	return err
}

// resident makes the n-th resident: most agree to reminders and surveys, each
// tenth has no contact.
func (s *Sample) resident(ctx context.Context, n int) error {
	locale := []string{"vi", "vi", "vi", "vi", "en", "pl"}[s.rand.IntN(6)]
	d := resident.Draft{
		Unit: s.commune.ID, Village: s.villages[n%len(s.villages)].ID, Name: name(s.rand), Locale: locale,
	}
	purposes := []resident.Purpose{resident.ForRegistration, resident.ForReminders, resident.ForSurveys}
	if n%10 == 9 {
		purposes = nil
	} else {
		d.Contacts = []resident.ContactInput{{Kind: contact.Email, Value: address(n)}}
	}
	for _, p := range purposes {
		t, err := resident.TextFor(p, locale)
		if err != nil {
			return err
		}
		d.Consents = append(d.Consents, resident.Choice{Purpose: p, Given: true, Text: t.ID, Source: "paper"})
	}
	made, err := s.app.Services.Residents.Create(ctx, s.staff["organizer"], d)
	s.residents = append(s.residents, made.ID)
	return err
}

// publish takes an event from its draft to its page, and gives the notice.
func (s *Sample) publish(ctx context.Context, in event.Input) (event.Event, error) {
	events := s.app.Services.Events
	organizer, approver := s.staff["organizer"], s.staff["approver"]
	e, err := events.Create(ctx, organizer, "", in)
	if err != nil {
		return e, err
	}
	for _, step := range []struct {
		who actor.Actor
		act event.Act
	}{{organizer, event.Submit}, {approver, event.Approve}, {organizer, event.Publish}} {
		if e, err = events.Do(ctx, step.who, e.ID, 0, step.act, ""); err != nil {
			return e, err
		}
	}
	for _, kind := range []event.NoticeKind{event.Poster, event.Loudspeaker} {
		if e, err = events.AddNotice(ctx, organizer, e.ID, kind); err != nil {
			return e, err
		}
	}
	return e, nil
}

func (s *Sample) input(title string, start time.Time, hours int) event.Input {
	local := func(t time.Time) calendar.Local { return calendar.LocalOf(calendar.FromTime(t), zone) }
	return event.Input{
		Unit: s.commune.ID, Type: event.Volunteer, Title: title, Village: s.villages[0].ID,
		Place:      event.Place{Name: "Nhà văn hóa thôn Păng Tiêng"},
		About:      "Cùng làm đường thôn, rồi gặp lãnh đạo xã để hỏi và kiến nghị.",
		Bring:      "Giày, găng tay. Cuốc xẻng có sẵn.",
		Host:       "Chủ tịch UBND xã, cán bộ đất đai",
		LocalStart: local(start), LocalEnd: local(start.Add(time.Duration(hours) * time.Hour)),
		Slots: []event.Slot{{ID: "all", Name: "Tham gia", Capacity: 150}}, NoticeDays: 7,
	}
}

var errNoMail = errors.New("no mail of this kind was caught")
