package app

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach/desk"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Services are what may be done, noun by noun. Each checks the acting account.
type Services struct {
	Audit         *audit.Service
	Units         *unit.Service
	Accounts      *account.Service
	Access        *account.Access
	Contacts      *contact.Service
	Residents     *resident.Service
	Events        *event.Service
	Reminders     *reminder.Service
	Registrations *registration.Service
	Attendance    *attendance.Service
	Surveys       *survey.Service
	Emulation     *emulation.Service
	// Desk is made last, over the source of messages.
	Desk *desk.Service
}

// services builds every service over the store and puts in place what they
// need: the consent texts and the score table of the year.
func (a *App) services(ctx context.Context) (Services, error) {
	st, now, ids := a.store, a.Now, a.opt.IDs
	var s Services
	s.Audit = audit.NewService(st.Audit, now, ids)
	s.Units = unit.NewService(st.Units, now, ids)
	s.Accounts = account.NewService(st.Accounts, st.Credentials, st.Units, now, ids)
	s.Access = account.NewAccess(account.AccessPorts{
		Accounts: st.Accounts, Credentials: st.Credentials, Sessions: st.Sessions, Units: st.Units, Log: s.Audit,
		Post: post{a}, Keys: a.keys, Hasher: account.NewHasher(a.opt.HashCost), Now: now, Wall: a.wall, IDs: ids,
	})
	s.Contacts = contact.NewService(st.Contacts, resident.Holders{Residents: st.Residents}, a.keys, now)
	s.Residents = resident.NewService(resident.Ports{
		Residents: st.Residents, Texts: st.Texts, Contacts: s.Contacts, Units: st.Units,
		Log: s.Audit, Now: now, IDs: ids,
	})
	s.Registrations = registration.NewService(registration.Ports{
		Registrations: st.Registrations, Rolls: st.Rolls, Forms: st.Forms, Events: st.Events, People: st.Residents,
		Residents: s.Residents, Contacts: s.Contacts, Log: s.Audit,
		Keys: a.keys, Now: now, IDs: ids,
	})
	s.Attendance = attendance.NewService(attendance.Ports{
		Entries: st.Attendance, Events: st.Events, Registrations: st.Registrations, Rolls: st.Rolls, Keys: a.keys, Now: now,
	})
	s.Reminders = reminder.NewService(reminder.Ports{Rules: st.Rules, Events: st.Events, Units: st.Units, Now: now, IDs: ids})
	s.Events = event.NewService(event.Ports{
		Events: st.Events, Units: st.Units, Reminders: s.Reminders, Seats: s.Registrations, Door: s.Attendance,
		Now: now, IDs: ids,
	})
	s.Surveys = survey.NewService(survey.Ports{Surveys: st.Surveys, Boxes: st.Boxes, Events: st.Events, Now: now, IDs: ids})
	s.Emulation = emulation.NewService(emulation.Ports{
		Facts: st.Emulation, Cards: st.Cards, Events: st.Events, Attendance: s.Attendance,
		Surveys: st.Surveys, Units: st.Units, Now: now,
	})
	if err := s.Residents.EnsureTexts(ctx); err != nil {
		return s, err
	}
	if err := s.Emulation.EnsureTables(ctx); err != nil {
		return s, err
	}
	return s, a.layUnits(ctx, s.Units)
}

// layUnits puts the state's list of units into a new database, so that its
// codes can be named at once.
func (a *App) layUnits(ctx context.Context, units *unit.Service) error {
	kept, err := a.store.Settings.Setting(ctx, settingUnits)
	if err != nil || kept != "" {
		return err
	}
	list, err := unit.StateUnits()
	if err != nil {
		return err
	}
	for _, u := range list {
		if u.Parent != "" {
			continue
		}
		if err := units.EnsureMany(ctx, actor.System("start"), unit.InProvince(list, u.Code)); err != nil {
			return err
		}
	}
	_, err = a.store.Settings.SetSetting(ctx, settingUnits, "", "2025-07-01")
	return err
}
