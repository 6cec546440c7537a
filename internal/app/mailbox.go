package app

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
)

// mailbox gives outreach what it needs of contacts.
type mailbox struct {
	contacts *contact.Service
	now      func() calendar.Instant
}

var _ outreach.Mailbox = mailbox{}

// Plain unseals the address.
func (m mailbox) Plain(ctx context.Context, c contact.Contact) (string, error) {
	return m.contacts.Plain(ctx, c)
}

// AllowFixed takes the contact's one fixed mail of the day.
func (m mailbox) AllowFixed(ctx context.Context, contactID, row string, beside bool) (bool, error) {
	return m.contacts.AllowFixed(ctx, contactID, row, beside, m.now())
}

// Refused suppresses the contact after a permanent refusal.
func (m mailbox) Refused(ctx context.Context, contactID string) error {
	_, err := m.contacts.Refused(ctx, actor.System("dispatch"), contactID)
	return err
}

// OptOutToken is the token of the contact's opt-out link.
func (m mailbox) OptOutToken(ctx context.Context, c contact.Contact) (string, error) {
	return m.contacts.OptOutLink(ctx, c)
}
