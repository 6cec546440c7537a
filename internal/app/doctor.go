package app

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/config"
)

// Verdict is how one thing is.
type Verdict string

// Verdicts. Only Bad fails the examination.
const (
	Fine    Verdict = "ok"
	Look    Verdict = "look" // to be looked at: it may be meant
	Bad     Verdict = "bad"
	Unknown Verdict = "unknown" // could not be found out from here
)

// Finding is one line of the page: what was looked at, how it is, and what to
// do where it is not as it should be.
type Finding struct {
	Check   string  `json:"check"`
	Verdict Verdict `json:"verdict"`
	Says    string  `json:"says"`
	Do      string  `json:"do,omitempty"`
}

// Examination is what the doctor is asked to look at. Config and Version are
// required, the rest is optional.
type Examination struct {
	Config  config.Config
	Version string
	// Environ is searched for files of secrets.
	Environ []string
	// URL is where the pages are reached, to be asked through all proxies.
	URL string
	// Clock is whose clock is compared with this machine's: "ntp://HOST" or any web
	// server's address. A public time server is asked if it is empty, and nobody if
	// it is "none".
	Clock string
	// TestMail is an address that gets one mail.
	TestMail string
	// Selector is the DKIM selector of the mail server.
	Selector string
	// Backups is the folder of the backups.
	Backups string
	// Resolver, HTTP and TLS replace the machine's own, in tests.
	Resolver *net.Resolver
	HTTP     *http.Client
	TLS      *tls.Config
	// Now is the real clock if nil.
	Now func() time.Time
}

// doctor examines one installation.
type doctor struct{ Examination }

// within bounds each thing that is asked over a network.
const askWithin = 15 * time.Second

// Examine looks at one thing after the other. Nothing that fails keeps the next
// from being looked at.
func Examine(ctx context.Context, e Examination) []Finding {
	if e.Resolver == nil {
		e.Resolver = net.DefaultResolver
	}
	if e.HTTP == nil {
		e.HTTP = &http.Client{Timeout: askWithin}
	}
	if e.Now == nil {
		e.Now = time.Now
	}
	d := doctor{e}
	found := d.permissions()
	found = append(found, d.store(ctx)...)
	for _, check := range []func(context.Context) []Finding{
		d.clock, d.disk, d.mail, d.dns, d.proxy, d.pages, d.forged, d.backups,
	} {
		found = append(found, check(ctx)...)
	}
	return found
}

// one is a finding by itself.
func one(check string, v Verdict, says, do string) []Finding {
	return []Finding{{Check: check, Verdict: v, Says: says, Do: do}}
}
