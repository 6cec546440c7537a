package config

import "log/slog"

const redacted = "[redacted]"

// Secret is text that never prints: use string(s) where it is needed.
type Secret string

// String shows whether the secret is set, and nothing else.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString does for %#v what String does for %v.
func (s Secret) GoString() string { return s.String() }

// LogValue keeps the secret out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps the secret out of JSON and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
