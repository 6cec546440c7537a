package config

import (
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

const defaultDatabase = "sunday"

func (f *faults) addr(name, addr string) string {
	if addr == "" {
		return ""
	}
	_, port, err := net.SplitHostPort(addr)
	n, errPort := strconv.Atoi(port)
	if err != nil || errPort != nil || n < 0 || n > 65535 {
		f.add(name, "must be host:port, such as 127.0.0.1:8080 or :8080")
	}
	return addr
}

func (f *faults) baseURL(text string) string {
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" ||
		u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		f.add("SUNDAY_BASE_URL", "must be the address at which people reach the pages, such as https://sunday.example.org")
		return ""
	}
	return strings.TrimRight(u.String(), "/")
}

// database takes the name from the URI's path, which ends the list of hosts.
func (f *faults) database(uri, name string) string {
	if uri == "" {
		return ""
	}
	scheme, rest, found := strings.Cut(uri, "://")
	if !found || (scheme != "mongodb" && scheme != "mongodb+srv") {
		f.add("SUNDAY_MONGODB_URI", "must begin with mongodb:// or mongodb+srv://")
		return ""
	}
	rest, _, _ = strings.Cut(rest, "?")
	hosts, path, _ := strings.Cut(rest, "/")
	if hosts[strings.LastIndexByte(hosts, '@')+1:] == "" {
		f.add("SUNDAY_MONGODB_URI", "must name a host, such as mongodb://127.0.0.1:27017/sunday")
	}
	if name == "" {
		name = path
	}
	if name == "" {
		name = defaultDatabase
	}
	if len(name) > 63 || strings.ContainsAny(name, "/\\. \"$*<>:|?%\x00") {
		f.add("SUNDAY_MONGODB_DATABASE", "must be at most 63 letters, digits, hyphens and underscores")
	}
	return name
}

func (f *faults) proxies(list string) []netip.Prefix {
	var prefixes []netip.Prefix
	for _, item := range split(list) {
		p, err := netip.ParsePrefix(item)
		if err != nil {
			if ip, errIP := netip.ParseAddr(item); errIP == nil {
				p, err = ip.Prefix(ip.BitLen())
			}
		}
		if err != nil {
			f.add("SUNDAY_TRUSTED_PROXIES", "must be networks such as 10.0.0.0/8, with commas between them")
			return nil
		}
		prefixes = append(prefixes, p.Masked())
	}
	return prefixes
}

func (f *faults) mailFrom(s string) mail.Address {
	if s == "" {
		return mail.Address{}
	}
	parsed, err := mail.ParseAddress(s)
	if err == nil {
		parsed.Address, err = text.Email(parsed.Address)
	}
	if err == nil {
		parsed.Name, err = text.Line(parsed.Name, 100)
	}
	if err != nil {
		f.add("SUNDAY_MAIL_FROM", `must be an address such as sunday@example.org, or a name with one: "Sunday" <sunday@example.org>`)
		return mail.Address{}
	}
	return *parsed
}

func (f *faults) secret(name, s string) Secret {
	if s != "" && len(s) < secret.MinBytes {
		f.add(name, "must have at least 32 characters, and random ones")
	}
	return Secret(s)
}

func (f *faults) older(list string) []Secret {
	var older []Secret
	for _, s := range split(list) {
		older = append(older, f.secret("SUNDAY_SECRET_OLD", s))
	}
	return older
}

func (f *faults) logLevel(s string) slog.Level {
	switch strings.ToLower(s) {
	case "debug":
		return slog.LevelDebug
	case "info":
		return slog.LevelInfo
	case "warn":
		return slog.LevelWarn
	case "error":
		return slog.LevelError
	}
	f.add("SUNDAY_LOG_LEVEL", "must be debug, info, warn or error")
	return slog.LevelInfo
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) })
}
