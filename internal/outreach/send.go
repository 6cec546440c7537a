package outreach

import (
	"context"
	"errors"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// send writes a mail and gives its letters their verdicts: the first one leads,
// the others join it.
func (s *Source) send(ctx context.Context, now notifications.Millis, m envelope, out []notifications.Verdict) error {
	lead := m.lead()
	if v, ok, err := s.allowFixed(ctx, now, lead.row, lead.want.Contact); err != nil || !ok {
		out[lead.at] = v
		return err
	}
	to, err := s.mailbox.Plain(ctx, lead.want.Contact)
	if errors.Is(err, contact.ErrForgotten) {
		for _, l := range m {
			out[l.at] = end(l.row, notifications.DoSuppress, notifications.ReasonNoContact)
		}
		return nil
	}
	if err != nil {
		return err
	}
	links := make([]Links, len(m))
	for i, l := range m {
		if links[i], err = s.links(ctx, l.concerned, l.want, l.row); err != nil {
			return err
		}
	}
	message, err := s.write(ctx, now, m, links)
	if err != nil {
		return err
	}
	message.To, message.Contact = to, lead.want.Contact.ID
	for _, l := range m {
		out[l.at] = notifications.Verdict{RowID: l.row.ID, Do: notifications.DoJoin, Lead: lead.row.ID}
	}
	out[lead.at] = notifications.Verdict{RowID: lead.row.ID, Do: notifications.DoSend, Message: message}
	return nil
}

func (s *Source) write(ctx context.Context, now notifications.Millis, m envelope, links []Links) (notifications.Message, error) {
	lead := m.lead()
	if len(m) == 1 {
		return s.writer.Write(ctx, *lead.facts, *lead.person, lead.row, links[0], now)
	}
	members := make([]Member, len(m))
	for i, l := range m {
		members[i] = Member{Person: *l.person, Row: l.row, Links: links[i]}
	}
	return s.writer.WriteShared(ctx, *lead.facts, members, now)
}

// toConfirm is how long before the hold of a seat ends the request to confirm
// has to be there at the latest: over a night.
const toConfirm = notifications.Millis(12 * time.Hour / time.Millisecond)

// allowFixed takes the contact's one fixed mail of the day. Where another has
// it, this one waits for the next day. It goes beside the other where somebody
// answered from the contact before, who is no stranger and waits for it: they
// gave a place up, say, and signed up again. So does a request to confirm that
// would come too late by the next day, so that the seat is not lost unasked;
// only where even that is used up, it is dropped.
func (s *Source) allowFixed(ctx context.Context, now notifications.Millis, row notifications.Row, to contact.Contact) (notifications.Verdict, bool, error) {
	if !onlyTheirs(row.Rule) {
		return notifications.Verdict{}, true, nil
	}
	const day = notifications.Millis(24 * time.Hour / time.Millisecond)
	next := (now/day + 1) * day
	seat := row.Rule == RulePending
	beside := to.State == contact.Verified || seat && next+toConfirm > row.Until
	ok, err := s.mailbox.AllowFixed(ctx, to.ID, row.ID, beside)
	if err != nil || ok {
		return notifications.Verdict{}, ok, err
	}
	if next < row.Until {
		return later(row, next, notifications.ReasonContactBudget), false, nil
	}
	return end(row, notifications.DoSuppress, notifications.ReasonContactBudget), false, nil
}

// links are the person's own, and what a survey's mail needs is made here: at
// the hand-over.
func (s *Source) links(ctx context.Context, c *concerned, want Want, row notifications.Row) (Links, error) {
	out, err := s.mailbox.OptOutToken(ctx, want.Contact)
	if err != nil {
		return Links{}, err
	}
	if c.person.stranger() {
		return Links{OptOut: s.writer.OptOutLink(out)}, nil
	}
	links := s.writer.Links(c.person.Registration, out)
	if row.Rule == RuleSurvey {
		code, err := s.inviter.Invite(ctx, c.facts.Event.ID)
		if err != nil {
			return Links{}, err
		}
		links.Survey = s.writer.SurveyLink(c.facts.Event.ID, code)
	}
	return links, nil
}
