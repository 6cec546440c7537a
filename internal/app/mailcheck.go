package app

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/notifications/smtp"
)

// signInEvery is how often the mail server is asked whether it takes the sign-in:
// anybody may ask for /readyz, and servers count those who come too often.
const signInEvery = time.Minute

// mailCheck looks whether mails could be handed over.
type mailCheck struct {
	server  config.SMTP
	process func() time.Duration

	mu    sync.Mutex
	asked bool
	at    time.Duration // when it was asked last
	last  error
}

func newMailCheck(server config.SMTP, clock Clock) *mailCheck {
	return &mailCheck{server: server, process: clock.Process}
}

// run connects each time, and signs in where that was long ago. A server that is
// slow to let somebody in is no failure: senders are more patient than this.
func (m *mailCheck) run(ctx context.Context) error {
	if m.server.Host == "" {
		return errNoMail
	}
	d := net.Dialer{Timeout: checkWithin}
	c, err := d.DialContext(ctx, "tcp", m.server.Addr())
	if err != nil {
		return errMailAway
	}
	if err := c.Close(); err != nil {
		return errMailAway
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := m.process(); !m.asked || now-m.at >= signInEvery {
		m.last = m.signIn(ctx)
		m.asked, m.at = true, now
	}
	return m.last
}

func (m *mailCheck) signIn(ctx context.Context) error {
	channel, err := smtp.New(smtpOptions(m.server))
	if err != nil {
		return errMailRefuses
	}
	defer channel.Close()
	conn, err := channel.Open(ctx)
	if err == nil {
		return conn.Close()
	}
	if ctx.Err() != nil {
		return nil // see run
	}
	return errMailRefuses
}
