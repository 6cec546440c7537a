package smtp_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"testing"

	"github.com/emersion/go-sasl"
	server "github.com/emersion/go-smtp"

	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/smtp"
)

// strict is a polite server that wants TLS and a sign-in.
type strict struct{ signedIn, taken bool }

func (s *strict) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *strict) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.signedIn = user == "sunday" && password == "geheim"
		if !s.signedIn {
			return errors.New("no")
		}
		return nil
	}), nil
}

func (s *strict) Mail(string, *server.MailOptions) error {
	if !s.signedIn {
		return server.ErrAuthRequired
	}
	return nil
}

func (*strict) Rcpt(string, *server.RcptOptions) error { return nil }
func (*strict) Reset()                                 {}
func (*strict) Logout() error                          { return nil }

func (*strict) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

// certificate is a server's for 127.0.0.1 and the roots that know it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	return web.TLS.Certificates[0], roots
}

// mustStrict starts the server and returns its port.
func mustStrict(t *testing.T, cert tls.Certificate, implicit bool) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	srv := server.NewServer(server.BackendFunc(func(*server.Conn) (server.Session, error) { return &strict{}, nil }))
	srv.Domain = "localhost"
	srv.ErrorLog = log.New(io.Discard, "", 0)
	srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	if implicit {
		l = tls.NewListener(l, srv.TLSConfig)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = srv.Serve(l)
	}()
	t.Cleanup(func() {
		_ = srv.Close()
		_ = l.Close()
		<-ended
	})
	return port
}

func TestChannel_TLS(t *testing.T) {
	t.Parallel()
	cert, roots := certificate(t)
	good := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	tests := []struct {
		name     string
		implicit bool
		opt      smtp.Options
		opens    bool
		want     want
	}{
		{"STARTTLS", false, smtp.Options{TLSConfig: good, User: "sunday", Password: "geheim"}, true, accepted},
		{"implicit", true, smtp.Options{TLSConfig: good, TLS: smtp.ImplicitTLS, User: "sunday", Password: "geheim"}, true, accepted},
		{"wrong password", false, smtp.Options{TLSConfig: good, User: "sunday", Password: "falsch"}, false, want{}},
		{"no sign-in", false, smtp.Options{TLSConfig: good}, true, refused(true, notifications.Refusal{Temporary: true, Code: 502})},
		{"unknown certificate", false, smtp.Options{TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12}}, false, want{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.opt.Port = mustStrict(t, cert, tt.implicit)
			channel := mustChannel(t, tt.opt)
			conn, err := channel.Open(t.Context())
			if (err == nil) != tt.opens {
				t.Fatalf("Open() = %v, want it to open: %v", err, tt.opens)
			}
			if err != nil {
				return
			}
			checkOutcome(t, conn.Send(t.Context(), message()), tt.want)
			if err := conn.Close(); err != nil {
				t.Errorf("Close() = %v", err)
			}
		})
	}
}
