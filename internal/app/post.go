package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// mailChannel is the name of the channel that letters go by.
const mailChannel = "smtp"

// postWithin bounds one hand-over: a mail server that hangs holds the job up for
// no longer.
const postWithin = 30 * time.Second

// post hands letters to the owners of accounts over, by the channel that the
// residents' mails go by.
type post struct{ a *App }

var _ account.Post = post{}

// On tells whether this process knows a mail server.
func (p post) On() bool {
	o := p.a.opt
	return o.Catcher != nil || o.Channels != nil || o.Config.SMTP.Host != ""
}

// Held tells whether everything is held, as a copied or restored database is. The
// hold of a unit is about its events.
func (p post) Held(ctx context.Context) (bool, error) {
	holds, err := p.a.store.Holds.List(ctx)
	return slices.ContainsFunc(holds, func(h notifications.Hold) bool { return h.Unit == "" }), err
}

// Send opens a connection for one mail; the channel keeps it for the next.
func (p post) Send(ctx context.Context, now calendar.Instant, m account.Mail) error {
	ch := p.channel()
	if ch == nil {
		return account.ErrPost
	}
	message, err := p.a.writer.Letter(outreach.Letter{
		Kind: string(m.Kind), ID: m.ID, To: m.To, Name: m.Name, Login: m.Login, Locale: m.Locale,
		Path: m.Path, Zone: m.Zone, Until: m.Until,
	}, notifications.Millis(now))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), postWithin)
	defer cancel()
	conn, err := ch.Open(ctx)
	if err != nil {
		return errors.Join(account.ErrPost, err)
	}
	err = conn.Send(ctx, message)
	if refusal, ok := errors.AsType[*notifications.Refusal](err); ok && !refusal.Temporary && refusal.Recipient {
		err = errors.Join(account.ErrRefused, err)
	}
	if closed := conn.Close(); closed != nil {
		p.a.log.Debug("a connection was not closed well", "channel", mailChannel, "error", closed)
	}
	return err
}

func (p post) channel() notifications.Channel {
	for _, c := range p.a.opt.Channels {
		if c.Name() == mailChannel {
			return c
		}
	}
	for _, c := range p.a.channels {
		if c.Name() == mailChannel {
			return c
		}
	}
	return nil
}
