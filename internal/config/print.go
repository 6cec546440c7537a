package config

import (
	"fmt"
	"log/slog"
	"strings"
)

// String lists the settings, one NAME=value each, secrets redacted.
func (c Config) String() string {
	var b strings.Builder
	for i, a := range c.attrs() {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(a.String())
	}
	return b.String()
}

// GoString does for %#v what String does for %v.
func (c Config) GoString() string { return c.String() }

// LogValue is String for logs, one attribute per setting.
func (c Config) LogValue() slog.Value { return slog.GroupValue(c.attrs()...) }

func (c Config) attrs() []slog.Attr {
	return []slog.Attr{
		slog.String("addr", c.Addr),
		slog.String("metrics_addr", c.MetricsAddr),
		slog.String("base_url", c.BaseURL),
		slog.String("data", c.DataDir),
		slog.String("mongodb_uri", c.MongoURI.String()),
		slog.String("mongodb_database", c.MongoDatabase),
		slog.String("smtp", c.SMTP.String()),
		slog.String("trusted_proxies", fmt.Sprint(c.TrustedProxies)),
		slog.String("mail_from", c.MailFrom.Address),
		slog.String("secret", c.Secret.String()),
		slog.Int("older_secrets", len(c.OlderSecrets)),
		slog.String("journal", c.Journal),
		slog.String("log_level", c.LogLevel.String()),
	}
}
