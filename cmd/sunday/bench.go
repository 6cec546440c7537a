package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/sim/load"
)

func (p *program) bench() *cobra.Command {
	c := &cobra.Command{
		Use: "bench", Short: "Measure how fast this machine plans and sends, on a database of its own",
		Args: exactly(0), RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.benchSend(), p.benchPlan())
	return c
}

// benchStore is where a measurement is made.
type benchStore struct {
	name   string
	asJSON bool
}

func (s *benchStore) flags(c *cobra.Command) {
	c.Flags().StringVar(&s.name, "store", "sqlite", "sqlite, in a temporary folder, or mongodb, in a new database on the server of SUNDAY_MONGODB_URI")
	c.Flags().BoolVar(&s.asJSON, "json", false, "print JSON")
}

// options has the measurement made on the store, with its progress on a terminal.
func (p *program) benchOptions(s benchStore) (load.Options, error) {
	o := load.Options{Progress: newBar(p.errOut).show}
	switch s.name {
	case "sqlite":
		return o, nil
	case "mongodb":
		var err error
		if o.MongoURI, err = p.scratchServer(); err == nil && o.MongoURI == "" {
			err = usageError{fmt.Errorf("--store mongodb needs SUNDAY_MONGODB_URI")}
		}
		return o, err
	}
	return o, usageError{fmt.Errorf("--store is sqlite or mongodb, not %q", s.name)}
}

type benchSendFlags struct {
	benchStore
	messages, connections int
	smtp                  string
	raw                   bool
}

func (p *program) benchSend() *cobra.Command {
	var f benchSendFlags
	c := &cobra.Command{
		Use: "send", Short: "Send reminders to a mail server that takes them all, beside the bare loop of the mail library", Args: exactly(0),
		Long: `Lays events, residents, contacts and registrations, has their reminders planned,
and measures the real worker from the instant at which they are due to the last
accept: marks, facts read again, addresses unsealed, mails made, results stored.
Fails unless every message is accounted for. The bare loop then sends as many
messages of the same bytes with as many connections. On MongoDB the driver's own
bulk then does the same writes to a copy of the rows.`,
		RunE: func(c *cobra.Command, _ []string) error { return p.runBenchSend(c, f) },
	}
	c.Flags().IntVar(&f.messages, "messages", 100_000, "how many messages, each to a recipient of its own")
	c.Flags().IntVar(&f.connections, "connections", 50, "how many connections to the mail server, 1 to 200")
	c.Flags().StringVar(&f.smtp, "smtp", "", "another server to send to, such as smtp://127.0.0.1:2525?tls=none; it must take all mail and deliver none")
	c.Flags().BoolVar(&f.raw, "raw", true, "measure the raw limits too")
	f.benchStore.flags(c)
	return c
}

func (p *program) runBenchSend(c *cobra.Command, f benchSendFlags) error {
	if f.messages < 1 || f.connections < 1 || f.connections > 200 {
		return usageError{fmt.Errorf("--messages is 1 or more, --connections 1 to 200")}
	}
	common, err := p.benchOptions(f.benchStore)
	if err != nil {
		return err
	}
	o := load.SendOptions{Options: common, Messages: f.messages, Connections: f.connections, Raw: f.raw}
	if f.smtp != "" {
		conf, err := config.Load([]string{"SUNDAY_SMTP_URL=" + f.smtp, "SUNDAY_MAIL_FROM=sunday@example.org"})
		if err != nil {
			return usageError{fmt.Errorf("--smtp: %w", err)}
		}
		o.SMTP = &conf.SMTP
	}
	r, err := load.Send(c.Context(), o)
	if err != nil {
		return fmt.Errorf("bench send: %w", err)
	}
	if f.asJSON {
		return json.NewEncoder(p.out).Encode(r)
	}
	return printSend(p.out, r)
}

func printSend(out io.Writer, r load.SendReport) error {
	w := newLines(out)
	w.linef("messages", "%d of %d bytes, %d connections, %s", r.Messages, r.MessageBytes, r.Connections, r.Store)
	w.linef("sent", "%.0f a second, the first after %.2f s, all after %.2f s", r.PerSecond, r.FirstSeconds, r.Seconds)
	w.usage(r.Usage, r.CPUMicros)
	if r.Raw != nil {
		w.linef("bare loop", "%.0f a second, %d bytes, %.2f s", r.Raw.PerSecond, r.Raw.MessageBytes, r.Raw.Seconds)
		w.usage(r.Raw.Usage, r.Raw.CPUMicros)
		w.linef("share", "%.2f of the bare loop", r.Share)
	}
	if r.Bulk != nil {
		w.linef("bulk", "%.0f a second, two updates each, %d in a command, %d writers at once", r.Bulk.PerSecond, r.Bulk.Batch, r.Bulk.Writers)
		w.linef("share", "%.2f of the bulk", r.BulkShare)
	}
	return w.err
}
