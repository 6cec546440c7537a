package app

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/outreach/desk"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// buildDesk makes the press and the desk over the source of messages.
func (a *App) buildDesk() {
	st, s := a.store, &a.Services
	a.press = paper.NewPress(paper.Options{
		Rows: st.Paper, Ledger: st.Ledger, Sheets: st.Sheets, Holds: st.Holds,
		Source: desk.Facts{
			Lines: a.source, Contacts: s.Contacts, Consents: s.Residents,
			Dirt: desk.Dirt{Events: st.Events, Registrations: st.Registrations},
		},
		Now: a.millis, NewID: func(at notifications.Millis) string { return a.opt.IDs.New(int64(at)) },
	})
	s.Desk = desk.NewService(desk.Ports{
		Press: a.press, Sheets: st.Sheets, Rows: st.Paper, Lines: a.source, Units: st.Units, Events: st.Events,
		Registrations: st.Registrations, Residents: st.Residents, Contacts: st.Contacts, Log: s.Audit, Now: a.Now,
	})
}

func (a *App) sweepPaper(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	return a.press.Sweep(ctx, notifications.Millis(now), limit)
}

// purgeSheets deletes closed sheets after as long as rows name their recipients.
func (a *App) purgeSheets(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	return a.press.Purge(ctx, notifications.Millis(now.Add(-outreach.KeptFor)), limit)
}
