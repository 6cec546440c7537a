package smtp

import (
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"time"
)

// TLS says how a connection is encrypted. There is no opportunistic mode.
type TLS uint8

// The modes. StartTLS, the zero value, fails where the server does not offer it.
const (
	StartTLS TLS = iota
	ImplicitTLS
	NoTLS
)

// Options of a Channel. Host and Port are required.
type Options struct {
	Host string
	Port int
	// User and Password are for AUTH PLAIN, none if User is empty. Without TLS
	// they are given to a loopback server only.
	User, Password string
	TLS            TLS
	// TLSConfig replaces the system's roots, nil for those. ServerName is set.
	TLSConfig *tls.Config
	// Connections is how many are open at most, 10 if 0.
	Connections int
	// Rate is how many messages a second are handed over at most, 0 for no
	// limit. With a rate below Connections fewer connections are opened.
	Rate int
	// EHLO is the name that this client gives itself, "localhost" if empty.
	EHLO string
	// IdleFor is how long an unused connection stays open, 30 s if 0.
	IdleFor time.Duration
}

// check reports every fault.
func (o Options) check() error {
	var faults []error
	if o.Host == "" {
		faults = append(faults, errors.New("smtp: no host"))
	}
	if o.Port < 1 || o.Port > 65535 {
		faults = append(faults, fmt.Errorf("smtp: port %d is none", o.Port))
	}
	if o.Connections < 0 || o.Rate < 0 || o.IdleFor < 0 {
		faults = append(faults, errors.New("smtp: connections, rate and idle time cannot be negative"))
	}
	if strings.ContainsAny(o.EHLO, " \r\n\t") {
		faults = append(faults, errors.New("smtp: the EHLO name has spaces"))
	}
	return errors.Join(faults...)
}

func (o Options) withDefaults() Options {
	if o.Connections == 0 {
		o.Connections = 10
	}
	if o.Rate > 0 {
		// So that nobody waits longer than a second for the rate within a hand-over.
		o.Connections = min(o.Connections, o.Rate)
	}
	if o.EHLO == "" {
		o.EHLO = "localhost"
	}
	if o.IdleFor == 0 {
		o.IdleFor = 30 * time.Second
	}
	return o
}
