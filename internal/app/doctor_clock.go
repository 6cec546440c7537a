package app

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/beevik/ntp"
)

const (
	// publicTime is asked where nobody else is named.
	publicTime = "pool.ntp.org"
	// noTime asks nobody, and timeScheme begins the name of a time server.
	noTime     = "none"
	timeScheme = "ntp://"
	// timeWithin is how long a time server has for its answer.
	timeWithin = 5 * time.Second

	// maxTimeSkew is how far this machine's clock may be from a time server's.
	maxTimeSkew = time.Second
	// maxWebSkew is how far a web server's Date, which has no parts of a second and
	// travels, may be apart from a right clock.
	maxWebSkew = 5 * time.Second
)

// clock compares this machine's clock with that of another: of a time server,
// or of a web server that is named.
func (d doctor) clock(ctx context.Context) []Finding {
	server, isTime := strings.CutPrefix(d.Clock, timeScheme)
	switch {
	case d.Clock == noTime:
		return d.unasked("doctor.clock.nobody")
	case d.Clock == "":
		return d.timeServer(ctx, publicTime)
	case isTime:
		return d.timeServer(ctx, server)
	}
	return d.webClock(ctx)
}

// unasked is what to do where no other clock answered; why is the text that says
// so.
func (d doctor) unasked(why string, pairs ...any) []Finding {
	pairs = append(pairs, "now", d.Now().UTC().Format(time.DateTime))
	return one(checkClock, Unknown, d.T(why, pairs...), d.T("doctor.clock.unasked.do"))
}

// timeServer asks by NTP (RFC 5905). A server that says itself that it does not
// know the time is as good as none.
func (d doctor) timeServer(ctx context.Context, server string) []Finding {
	dialer := net.Dialer{Resolver: d.Resolver, Timeout: timeWithin}
	said, err := ntp.QueryWithOptions(server, ntp.QueryOptions{
		Timeout: timeWithin, GetSystemTime: d.Now,
		Dialer: func(_, address string) (net.Conn, error) { return dialer.DialContext(ctx, "udp", address) },
	})
	if err == nil {
		err = said.Validate()
	}
	if err != nil {
		return d.unasked("doctor.clock.silent", "server", server)
	}
	return d.apart(checkClock, said.ClockOffset, maxTimeSkew)
}

func (d doctor) webClock(ctx context.Context) []Finding {
	began := d.Now()
	got, err := d.ask(ctx, http.MethodHead, d.Clock)
	if err != nil {
		return d.unasked("doctor.clock.web")
	}
	date, err := http.ParseTime(got.header.Get("Date"))
	if err != nil {
		return d.unasked("doctor.clock.dateless")
	}
	// The date was right at some moment while we waited.
	return d.apart(checkClock, began.Add(d.Now().Sub(began)/2).Sub(date), maxWebSkew)
}
