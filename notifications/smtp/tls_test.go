package smtp_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http/httptest"
	"testing"

	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/smtp"
)

// certificate is a server's for 127.0.0.1 and the roots that know it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	return web.TLS.Certificates[0], roots
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
