package load

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/smtp"
)

const (
	// lead is how long before its rows are due the worker starts.
	lead = 2 * time.Second
	// idleAfter is how long nothing is accepted before it is asked whether
	// anything is left to send, stuckAfter before it is given up.
	idleAfter  = 2 * time.Second
	stuckAfter = time.Minute
	lookEvery  = 20 * time.Millisecond
	// answersWithin is how long a server may take to greet.
	answersWithin = 10 * time.Second
)

// SendOptions are what is to be sent.
type SendOptions struct {
	Options
	Messages, Connections int
	// SMTP is the server to send to; nil for a Sink.
	SMTP *config.SMTP
	// Raw has the raw limits measured as well: the bare loop of the mail library,
	// and the driver's bulk where the store has one.
	Raw bool
}

// SendReport is how fast it went.
type SendReport struct {
	Store       string `json:"store"`
	Messages    int    `json:"messages"`
	Connections int    `json:"connections"`
	// MessageBytes is the mean size of a message, 0 where the server is another.
	MessageBytes int `json:"message_bytes,omitempty"`
	// PerSecond counts from the instant at which the messages were due to the
	// last one's acceptance. FirstSeconds is how late the first was accepted.
	PerSecond    float64 `json:"per_second"`
	FirstSeconds float64 `json:"first_seconds"`
	Usage
	// CPUMicros is the processor time of one message in microseconds.
	CPUMicros float64 `json:"cpu_micros"`
	// Raw is the bare loop, nil if it was not measured; Share is how fast the
	// program is beside it.
	Raw   *RawReport `json:"raw,omitempty"`
	Share float64    `json:"share,omitempty"`
	// Bulk is the driver's own bulk of the ledger's writes, nil on SQLite and
	// if the raw limits were not measured; BulkShare is how fast the program is
	// beside it.
	Bulk      *BulkReport `json:"bulk,omitempty"`
	BulkShare float64     `json:"bulk_share,omitempty"`
}

// Send measures the real worker with real rows, from due to the last accept.
// It fails unless every message is accounted for.
func Send(ctx context.Context, opt SendOptions) (report SendReport, err error) {
	b, err := newBench(opt.Options)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, b.drop()) }()
	s := &sending{bench: b, opt: opt, server: opt.SMTP}
	if s.server == nil {
		if s.sink, err = StartSink(b.now); err != nil {
			return report, err
		}
		defer func() { err = errors.Join(err, s.sink.Close()) }()
		s.server = &config.SMTP{Host: "127.0.0.1", Port: s.sink.Port(), TLS: config.TLSNone}
	} else if err := s.answers(ctx); err != nil {
		return report, err
	}
	if err := s.lay(ctx); err != nil {
		return report, err
	}
	return s.measure(ctx)
}

// sending is one measurement.
type sending struct {
	*bench
	opt    SendOptions
	server *config.SMTP
	sink   *Sink // nil where the server is another
	events []event.Event
}

// answers reports whether the server takes a connection: people and rows are
// made for minutes, and a worker waits for a server without a word.
func (s *sending) answers(ctx context.Context) error {
	channel, err := s.channel()
	if err != nil {
		return err
	}
	within, stop := context.WithTimeout(ctx, answersWithin)
	defer stop()
	conn, err := channel.Channel.Open(within)
	if err == nil {
		err = conn.Close()
	}
	if err = errors.Join(err, channel.Channel.(*smtp.Channel).Close()); err != nil {
		return fmt.Errorf("the mail server cannot be used: %w", err)
	}
	return nil
}

// lay makes the people and has their reminders planned. They agree to nothing
// else, so that no other message is due.
func (s *sending) lay(ctx context.Context) (err error) {
	a, clock, err := s.open(ctx, factsAt, app.Options{SyncOff: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	laid := 0
	f := newFacts(a, clock, func(n int) { laid += n; s.bench.opt.Progress("people", laid, s.opt.Messages) }, resident.ForReminders)
	if s.events, err = f.lay(ctx, s.opt.Messages); err != nil {
		return err
	}
	s.bench.opt.Progress("planning", 0, 1)
	for dirty := 1; dirty > 0; {
		if err := a.Plan(ctx); err != nil {
			return err
		}
		parts, err := a.Store().Events.DirtyParts(ctx)
		if err != nil {
			return err
		}
		dirty = len(parts)
	}
	return s.expect(ctx, a, notifications.Planned)
}

// expect checks that all messages are in one state, and that no other is in it.
func (s *sending) expect(ctx context.Context, a *app.App, state notifications.State) error {
	by := map[notifications.State]int{}
	for _, e := range s.events {
		counts, err := a.Store().Reports.Counts(ctx, e.Part, e.ID)
		if err != nil {
			return err
		}
		for _, c := range counts {
			by[c.State] += c.Rows
		}
	}
	if by[state] != s.opt.Messages {
		return fmt.Errorf("%d of %d messages are %s: %v", by[state], s.opt.Messages, state, by)
	}
	for _, bad := range []notifications.State{notifications.Sending, notifications.Unknown, notifications.Dead} {
		if by[bad] > 0 {
			return fmt.Errorf("%d messages are %s", by[bad], bad)
		}
	}
	return nil
}

// measure lets the worker run from shortly before the rows are due until the
// last was accepted.
func (s *sending) measure(ctx context.Context) (report SendReport, err error) {
	channel, err := s.channel()
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, channel.Channel.(*smtp.Channel).Close()) }()
	o := app.Options{Config: s.conf, PageOnly: true, Channels: []notifications.Channel{channel}}
	o.Config.SMTP.Connections = s.opt.Connections
	a, clock, err := s.open(ctx, remindedAt.Add(-lead), o)
	if err != nil {
		return report, err
	}
	report, err = s.run(ctx, a, clock, channel)
	if err == nil {
		err = s.account(ctx, a, channel)
	}
	if err = errors.Join(err, a.Close()); err != nil || !s.opt.Raw {
		return report, err
	}
	if report, err = s.compare(ctx, report); err != nil {
		return report, err
	}
	return s.compareBulk(ctx, report)
}

func (s *sending) channel() (*watched, error) {
	o := smtp.Options{
		Host: s.server.Host, Port: s.server.Port, User: s.server.User, Password: string(s.server.Password),
		Connections: s.opt.Connections, TLS: smtp.StartTLS,
	}
	switch s.server.TLS {
	case config.TLSNone:
		o.TLS = smtp.NoTLS
	case config.TLSImplicit:
		o.TLS = smtp.ImplicitTLS
	case config.TLSRequired:
	}
	c, err := smtp.New(o)
	return &watched{Channel: c, now: s.now}, err
}

// run starts the worker and the clock, and stops both after the last message.
func (s *sending) run(ctx context.Context, a *app.App, clock *app.HandClock, channel *watched) (SendReport, error) {
	r := SendReport{Store: s.store(), Messages: s.opt.Messages, Connections: s.opt.Connections}
	m := startMeter(s.now)
	working, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go app.TendMemory(working)
	go func() { ended <- a.Work(working) }()
	clock.Run(1)
	due := s.now() + lead
	err := s.wait(ctx, a, channel, ended)
	r.Usage = m.end()
	stop()
	if err != nil {
		return r, errors.Join(err, <-ended)
	}
	if err := <-ended; err != nil {
		return r, err
	}
	r.Seconds = (time.Duration(channel.last.Load()) - due).Seconds()
	r.FirstSeconds = (time.Duration(channel.first.Load()) - due).Seconds()
	r.PerSecond = float64(s.opt.Messages) / r.Seconds
	r.CPUMicros = r.CPUSeconds / float64(s.opt.Messages) * 1e6
	if s.sink != nil {
		r.MessageBytes = int(s.sink.Count().Bytes / int64(max(s.sink.Count().Messages, 1)))
	}
	return r, nil
}

// wait ends once everything was accepted, nothing is left to send, or nothing
// has been accepted for long.
func (s *sending) wait(ctx context.Context, a *app.App, channel *watched, ended chan error) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	before, since := int64(0), s.now()
	for {
		n := channel.accepted.Load()
		s.bench.opt.Progress("messages", int(n), s.opt.Messages)
		switch {
		case n >= int64(s.opt.Messages):
			return nil
		case n > before:
			before, since = n, s.now()
		case s.now()-since > stuckAfter+lead:
			return fmt.Errorf("nothing was accepted for %s, after %d of %d messages", stuckAfter, n, s.opt.Messages)
		case n > 0 && s.now()-since > idleAfter:
			if due, _, err := a.Store().Reports.Backlog(ctx, notifications.Millis(a.Now())); err != nil || due == 0 {
				return err
			}
		}
		select {
		case <-tick.C:
		case err := <-ended:
			ended <- nil
			return fmt.Errorf("the worker ended: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// account holds the ledger against the server: every row sent, every message
// accepted, each once.
func (s *sending) account(ctx context.Context, a *app.App, channel *watched) error {
	if err := s.expect(ctx, a, notifications.Sent); err != nil {
		return err
	}
	if n := channel.accepted.Load(); n != int64(s.opt.Messages) {
		return fmt.Errorf("%d messages were accepted, %d rows were sent", n, s.opt.Messages)
	}
	if s.sink == nil {
		return nil
	}
	c := s.sink.Count()
	twice, err := s.sink.Twice()
	if err != nil {
		return fmt.Errorf("count what came twice: %w", err)
	}
	if c.Messages != s.opt.Messages || twice+c.Nameless > 0 {
		return fmt.Errorf("the server took %d of %d messages, %d of them again and %d without a Message-ID", c.Messages, s.opt.Messages, twice, c.Nameless)
	}
	return nil
}
