package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"strconv"
	"time"
)

const aliveWithin = 5 * time.Second

// dial opens a connection and brings it to where mail may be handed over.
func dial(ctx context.Context, opt Options) (*session, error) {
	var dialer net.Dialer
	raw, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(opt.Host, strconv.Itoa(opt.Port)))
	if err != nil {
		return nil, fmt.Errorf("connect to the mail server: %w", err)
	}
	s, err := greet(ctx, raw, opt)
	if err != nil {
		_ = raw.Close() // the first error says why
		return nil, err
	}
	return s, nil
}

// greet speaks on a new connection: greeting, EHLO, TLS, AUTH.
func greet(ctx context.Context, raw net.Conn, opt Options) (*session, error) {
	s := &session{wire: &wire{Conn: raw}}
	stop := s.within(ctx)
	defer stop()
	if err := s.begin(opt); err != nil {
		return nil, fmt.Errorf("greet the mail server: %w", tidy(err))
	}
	s.offers()
	return s, nil
}

func (s *session) begin(opt Options) error {
	var link net.Conn = s.wire
	if opt.TLS == ImplicitTLS {
		link = tls.Client(link, tlsConfig(opt))
	}
	client, err := smtp.NewClient(link, opt.Host)
	if err != nil {
		return err
	}
	s.client = client
	if err := client.Hello(opt.EHLO); err != nil {
		return err
	}
	if opt.TLS == StartTLS {
		if ok, _ := client.Extension("STARTTLS"); !ok {
			return errors.New("the server offers no TLS, which is required")
		}
		if err := client.StartTLS(tlsConfig(opt)); err != nil {
			return err
		}
	}
	if opt.User == "" {
		return nil
	}
	if ok, _ := client.Extension("AUTH"); !ok {
		return errors.New("the server offers no sign-in, and a user is set")
	}
	return client.Auth(smtp.PlainAuth("", opt.User, opt.Password, opt.Host))
}

func tlsConfig(opt Options) *tls.Config {
	config := &tls.Config{}
	if opt.TLSConfig != nil {
		config = opt.TLSConfig.Clone()
	}
	config.ServerName = opt.Host
	config.MinVersion = max(config.MinVersion, tls.VersionTLS12)
	return config
}

// tidy masks what a server said in an error.
func tidy(err error) error {
	if said, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Errorf("%d %s", said.Code, Mask(said.Msg, ""))
	}
	return err
}

// offers notes what the server announced in its last EHLO.
func (s *session) offers() {
	s.pipelining, _ = s.client.Extension("PIPELINING")
	s.chunking, _ = s.client.Extension("CHUNKING")
	s.eightBit, _ = s.client.Extension("8BITMIME")
	s.utf8, _ = s.client.Extension("SMTPUTF8")
}

// alive asks whether the server is still there: it may have ended a
// connection that was not used.
func (s *session) alive(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, aliveWithin)
	defer cancel()
	stop := s.within(ctx)
	defer stop()
	return s.client.Text.R.Buffered() == 0 && s.client.Noop() == nil
}
