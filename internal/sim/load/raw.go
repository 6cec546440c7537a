package load

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/go-mail/mail/v2"
	"golang.org/x/sync/errgroup"

	"github.com/sunday-with-the-people/sunday/internal/config"
)

// RawReport is the bare loop of the mail library: it composes and sends, and
// remembers nothing.
type RawReport struct {
	PerSecond    float64 `json:"per_second"`
	MessageBytes int     `json:"message_bytes,omitempty"`
	Usage
	CPUMicros float64 `json:"cpu_micros"`
}

// compare measures the bare loop with the messages of the run before.
func (s *sending) compare(ctx context.Context, r SendReport) (SendReport, error) {
	var pattern *pattern
	var err error
	if s.sink != nil {
		pattern, err = readPattern(s.sink.Sample())
		err = errors.Join(err, s.sink.Forget())
	} else {
		pattern, err = madeUp(), nil
	}
	if err != nil {
		return r, fmt.Errorf("read the first message: %w", err)
	}
	m := startMeter(s.now)
	if err := s.loops(ctx, pattern); err != nil {
		return r, fmt.Errorf("bare loop: %w", err)
	}
	raw := RawReport{Usage: m.end()}
	raw.PerSecond = float64(s.opt.Messages) / raw.Seconds
	raw.CPUMicros = raw.CPUSeconds / float64(s.opt.Messages) * 1e6
	if s.sink != nil {
		c := s.sink.Count()
		if c.Messages != s.opt.Messages {
			return r, fmt.Errorf("the server took %d of %d messages of the bare loop", c.Messages, s.opt.Messages)
		}
		raw.MessageBytes = int(c.Bytes / int64(c.Messages))
	}
	r.Raw, r.Share = &raw, r.PerSecond/raw.PerSecond
	return r, nil
}

// loops sends all messages with as many connections as the program had.
func (s *sending) loops(ctx context.Context, p *pattern) error {
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range s.opt.Connections {
		g.Go(func() error {
			client, err := s.dial()
			if err != nil {
				return err
			}
			for n := int(next.Add(1)); n <= s.opt.Messages && ctx.Err() == nil; n = int(next.Add(1)) {
				if err := mail.Send(client, p.message(n)); err != nil {
					return err
				}
				if n%1000 == 0 {
					s.bench.opt.Progress("bare loop", n, s.opt.Messages)
				}
			}
			return errors.Join(ctx.Err(), client.Close())
		})
	}
	return g.Wait()
}

func (s *sending) dial() (mail.SendCloser, error) {
	d := mail.NewDialer(s.server.Host, s.server.Port, s.server.User, string(s.server.Password))
	d.Timeout = time.Minute
	switch s.server.TLS {
	case config.TLSNone:
		d.StartTLSPolicy = mail.NoStartTLS
	case config.TLSImplicit:
		d.SSL = true
	case config.TLSRequired:
		d.StartTLSPolicy = mail.MandatoryStartTLS
	}
	d.TLSConfig = &tls.Config{ServerName: s.server.Host, MinVersion: tls.VersionTLS12}
	return d.Dial()
}

// pattern is a message of the program, to be composed again by the bare loop.
type pattern struct {
	from, subject, html string
	date                time.Time
	others              map[string]string
}

// madeUp is a message of the usual size, for servers that show none.
func madeUp() *pattern {
	const words = "Xin chào, hẹn gặp bạn ở nhà văn hóa thôn. "
	return &pattern{
		from: "sunday@example.org", subject: words, date: remindedAt,
		html: "<p>" + string(bytes.Repeat([]byte(words), 36)) + "</p>",
	}
}

// message composes the n-th message.
func (p *pattern) message(n int) *mail.Message {
	m := mail.NewMessage()
	m.SetHeader("From", p.from)
	m.SetHeader("To", address(n))
	m.SetHeader("Subject", p.subject)
	m.SetDateHeader("Date", p.date)
	m.SetHeader("Message-ID", fmt.Sprintf("<%032x@localhost>", n))
	for name, value := range p.others {
		m.SetHeader(name, value)
	}
	m.SetBody("text/html", p.html)
	return m
}
