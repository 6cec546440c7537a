package sim_test

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// post is a mail server that takes everything, and looks into the store at the
// moment at which it does.
type post struct {
	now   func() notifications.Millis
	store store.Set
	// events are the ids of all events with their parts.
	events map[string]int
	// keys remembers the key of each row by its id, over all lives of a scene.
	keys *sync.Map

	mu     sync.Mutex
	handed []oracle.HandOver
	failed error
}

var (
	_ notifications.Channel = (*post)(nil)
	_ notifications.Conn    = (*post)(nil)
)

func (*post) Name() string                                       { return outreach.Mail }
func (p *post) Open(context.Context) (notifications.Conn, error) { return p, nil }
func (*post) Usable() bool                                       { return true }
func (*post) Close() error                                       { return nil }

func (p *post) Send(ctx context.Context, m notifications.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := oracle.HandOver{At: p.now(), Message: m, Outcome: oracle.Accepted}
	id, _, _ := strings.Cut(m.MessageID, "@")
	row, err := p.row(ctx, id)
	if err == nil && row.ID != "" {
		o.Row = row
		o.Facts, err = factsOf(ctx, p.store, row.Occurrence, registration.IDOf(row.Occurrence, outreach.ResidentOf(row.Recipient)))
	}
	p.failed = errors.Join(p.failed, err)
	p.handed = append(p.handed, o)
	return nil
}

// row finds a row by its id, the zero row if there is none.
func (p *post) row(ctx context.Context, id string) (notifications.Row, error) {
	if k, ok := p.keys.Load(id); ok {
		key := k.(notifications.Key)
		return p.among(ctx, id, key.Occurrence, []string{key.Recipient})
	}
	for event := range p.events {
		if row, err := p.among(ctx, id, event, nil); err != nil || row.ID != "" {
			p.keys.Store(id, row.Key)
			return row, err
		}
	}
	return notifications.Row{}, nil
}

func (p *post) among(ctx context.Context, id, event string, recipients []string) (notifications.Row, error) {
	rows, err := p.store.Ledger.BySubject(ctx, p.events[event], event, recipients)
	for _, r := range rows {
		if r.ID == id {
			return r, err
		}
	}
	return notifications.Row{}, err
}

// texts are the texts of the mails that went to an address, in their order.
func (p *post) texts(to string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var texts []string
	for _, o := range p.handed {
		if o.Message.To == to {
			texts = append(texts, o.Message.Text)
		}
	}
	return texts
}

// factsOf reads what the store says of one registration.
func factsOf(ctx context.Context, set store.Set, eventID, registrationID string) (oracle.Facts, error) {
	var f oracle.Facts
	var err error
	if f.Event, err = set.Events.Get(ctx, eventID); err != nil {
		return f, err
	}
	if f.Reminders, err = set.Rules.ByOwner(ctx, eventID); err != nil {
		return f, err
	}
	if f.Survey, err = set.Surveys.Get(ctx, eventID); err != nil && !errors.Is(err, record.ErrAbsent) {
		return f, err
	}
	if f.Registration, err = set.Registrations.Get(ctx, registrationID); err != nil {
		return f, absentIsFine(err)
	}
	if f.Resident, err = set.Residents.Get(ctx, f.Registration.Resident); err != nil {
		return f, absentIsFine(err)
	}
	if f.Resident.Contact != "" {
		f.Contact, err = set.Contacts.Get(ctx, f.Resident.Contact)
	}
	return f, absentIsFine(err)
}

func absentIsFine(err error) error {
	if errors.Is(err, record.ErrAbsent) {
		return nil
	}
	return err
}
