package sim_test

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/internal/sim/weeks"
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
	mails  []notifications.Message
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
	p.mails = append(p.mails, m)
	rows, err := p.rows(ctx, m.MessageID)
	for _, row := range rows {
		o := oracle.HandOver{At: p.now(), Message: m, Outcome: oracle.Accepted, Row: row}
		if row.ID != "" {
			var failed error
			o.Facts, failed = weeks.FactsOf(ctx, p.store, row.Occurrence, outreach.ResidentOf(row.Recipient))
			err = errors.Join(err, failed)
		}
		p.handed = append(p.handed, o)
	}
	p.failed = errors.Join(p.failed, err)
	return nil
}

// rows finds the rows of a mail: that which the Message-ID names, or those on
// which it is stored; one zero row if there is none.
func (p *post) rows(ctx context.Context, messageID string) ([]notifications.Row, error) {
	id, _, _ := strings.Cut(messageID, "@")
	if _, known := p.keys.Load(id); !known {
		parts := map[int]bool{}
		for _, part := range p.events {
			parts[part] = true
		}
		var all []notifications.Row
		for part := range parts {
			found, err := p.store.Ledger.Sharing(ctx, part, []string{messageID})
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
		if len(all) > 1 {
			return all, nil
		}
	}
	row, err := p.row(ctx, id)
	return []notifications.Row{row}, err
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
	for _, m := range p.mails {
		if m.To == to {
			texts = append(texts, m.Text.String())
		}
	}
	return texts
}
