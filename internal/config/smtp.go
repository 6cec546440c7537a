package config

import (
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// TLSMode says how the connection to the mail server is protected.
type TLSMode string

// Modes of TLS. TLSNone is allowed on a loopback host only.
const (
	TLSRequired TLSMode = "required" // STARTTLS, and no mail without it
	TLSImplicit TLSMode = "implicit" // TLS from the first byte (smtps)
	TLSNone     TLSMode = "none"
)

const (
	defaultConnections = 10
	maxConnections     = 200
	defaultRate        = 20
	maxRate            = 10_000
)

// SMTP is the way out for mail.
type SMTP struct {
	Host          string
	Port          int
	User          string
	Password      Secret
	TLS           TLSMode
	Connections   int // connections open at a time, 1 to 200
	RatePerSecond int // mails handed over a second, 1 to 10,000
}

// Addr is host:port for net.Dial.
func (s SMTP) Addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// String shows the server without user and password, empty if there is none.
func (s SMTP) String() string {
	if s.Host == "" {
		return ""
	}
	q := url.Values{
		"tls":         {string(s.TLS)},
		"connections": {strconv.Itoa(s.Connections)},
		"rate":        {strconv.Itoa(s.RatePerSecond)},
	}
	u := url.URL{Scheme: "smtp", Host: s.Addr(), RawQuery: q.Encode()}
	return u.String()
}

// GoString does for %#v what String does for %v.
func (s SMTP) GoString() string { return s.String() }

// LogValue keeps user and password out of logs.
func (s SMTP) LogValue() slog.Value { return slog.StringValue(s.String()) }

const smtpForm = "must look like smtp://user:password@host:port?tls=required&connections=10&rate=20, special characters in user and password percent-encoded"

func (f *faults) smtp(text string) SMTP {
	const name = "SUNDAY_SMTP_URL"
	if text == "" {
		return SMTP{}
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") ||
		strings.Trim(u.Path, "/") != "" || u.Fragment != "" || u.Opaque != "" {
		f.add(name, smtpForm)
		return SMTP{}
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil || !known(query) {
		f.add(name, "may have tls, connections and rate after the question mark, each once and nothing else")
		return SMTP{}
	}
	s := SMTP{Host: u.Hostname(), User: u.User.Username()}
	password, _ := u.User.Password()
	s.Password = Secret(password)
	s.Connections = f.number(name, "connections", query, defaultConnections, maxConnections)
	s.RatePerSecond = f.number(name, "rate", query, defaultRate, maxRate)
	s.TLS = f.tlsMode(name, u.Scheme, query.Get("tls"), s.Host)
	s.Port = f.smtpPort(name, u.Port(), s.TLS)
	return s
}

func (f *faults) tlsMode(name, scheme, asked, host string) TLSMode {
	mode := TLSMode(asked)
	switch {
	case mode == "" && scheme == "smtps":
		mode = TLSImplicit
	case mode == "" && isLoopback(host):
		mode = TLSNone
	case mode == "":
		mode = TLSRequired
	case !slices.Contains([]TLSMode{TLSRequired, TLSImplicit, TLSNone}, mode):
		f.add(name, "has a tls that is none of required, implicit and none")
	case scheme == "smtps" && mode != TLSImplicit:
		f.add(name, "begins with smtps, which is tls=implicit: leave tls out, or begin with smtp")
	case mode == TLSNone && !isLoopback(host):
		f.add(name, "may have tls=none only for a server on this machine: use tls=required")
	}
	return mode
}

func (f *faults) smtpPort(name, text string, mode TLSMode) int {
	if text == "" {
		if mode == TLSImplicit {
			return 465
		}
		return 587
	}
	port, err := strconv.Atoi(text)
	if err != nil || port < 1 || port > 65535 {
		f.add(name, "has a port that is not between 1 and 65535")
	}
	return port
}

func (f *faults) number(name, key string, query url.Values, standard, highest int) int {
	if !query.Has(key) {
		return standard
	}
	n, err := strconv.Atoi(query.Get(key))
	if err != nil || n < 1 || n > highest {
		f.add(name, "needs "+key+" between 1 and "+strconv.Itoa(highest))
	}
	return n
}

func known(query url.Values) bool {
	for key, values := range query {
		if len(values) != 1 || !slices.Contains([]string{"tls", "connections", "rate"}, key) {
			return false
		}
	}
	return true
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
