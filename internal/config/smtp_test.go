package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/config"
)

func TestLoad_SMTP(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]config.SMTP{
		"smtp://h":                      {Host: "h", Port: 587, TLS: config.TLSRequired, Connections: 10, RatePerSecond: 20},
		"smtps://h/":                    {Host: "h", Port: 465, TLS: config.TLSImplicit, Connections: 10, RatePerSecond: 20},
		"smtp://h?tls=implicit":         {Host: "h", Port: 465, TLS: config.TLSImplicit, Connections: 10, RatePerSecond: 20},
		"smtp://localhost:1025":         {Host: "localhost", Port: 1025, TLS: config.TLSNone, Connections: 10, RatePerSecond: 20},
		"smtp://[::1]:25?tls=none":      {Host: "::1", Port: 25, TLS: config.TLSNone, Connections: 10, RatePerSecond: 20},
		"smtp://127.0.0.1?tls=required": {Host: "127.0.0.1", Port: 587, TLS: config.TLSRequired, Connections: 10, RatePerSecond: 20},
	} {
		c, err := config.Load([]string{"SUNDAY_SMTP_URL=" + url, "SUNDAY_MAIL_FROM=a@example.org"})
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if diff := cmp.Diff(want, c.SMTP); diff != "" {
			t.Errorf("%s: %s", url, diff)
		}
		again, err := config.Load([]string{"SUNDAY_SMTP_URL=" + c.SMTP.String(), "SUNDAY_MAIL_FROM=a@example.org"})
		if err != nil || again.SMTP != c.SMTP {
			t.Errorf("%s prints as %s: %v", url, c.SMTP, err)
		}
	}
}

func TestLoad_SMTPRefuses(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"h:25":                           "must look like",
		"http://h":                       "must look like",
		"smtp://":                        "must look like",
		"smtp://h/path":                  "must look like",
		"smtp://u:p%zz@h":                "must look like",
		"smtp://h?tls=maybe":             "none of required, implicit and none",
		"smtp://h?tls=none":              "only for a server on this machine",
		"smtp://10.0.0.1?tls=none":       "only for a server on this machine",
		"smtps://h?tls=required":         "begins with smtps",
		"smtp://h?tsl=required":          "nothing else",
		"smtp://h?rate=1&rate=2":         "each once",
		"smtp://h?connections=0":         "connections between 1 and 200",
		"smtp://h?rate=fast":             "rate between 1 and 10000",
		"smtp://h:0":                     "port that is not",
		"smtp://h:65536":                 "port that is not",
		"smtp://localhost.evil?tls=none": "only for a server on this machine",
	} {
		_, err := config.Load([]string{"SUNDAY_SMTP_URL=" + url, "SUNDAY_MAIL_FROM=a@example.org"})
		if err == nil || !strings.HasPrefix(err.Error(), "SUNDAY_SMTP_URL ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", url, err, want)
		}
	}
}
