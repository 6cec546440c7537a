package app

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/web"
)

// forgedAddress is nobody's (RFC 5737), so that only what was forged can say it.
const forgedAddress = "192.0.2.66"

// forgedHeaders are those in which proxies say whom they forward, each with the
// forged address in it.
var forgedHeaders = [][2]string{
	{"X-Forwarded-For", forgedAddress}, {"X-Real-Ip", forgedAddress}, {"Forwarded", "for=" + forgedAddress},
	{"True-Client-Ip", forgedAddress}, {"Cf-Connecting-Ip", forgedAddress}, {"X-Client-Ip", forgedAddress},
}

// forged pretends to be somebody else, in each way that a visitor could, and
// asks the running program for whom it takes us: its limits count by that.
func (d doctor) forged(ctx context.Context) []Finding {
	if d.URL == "" {
		return one(checkForged, Unknown, d.T("doctor.forged.untried"), d.T("doctor.forged.untried.do"))
	}
	url := strings.TrimRight(d.URL, "/") + web.SeenAsPath
	honest, err := d.seenAs(ctx, url)
	if err != nil {
		return one(checkForged, Unknown, d.T("doctor.forged.mute"), d.T("doctor.forged.mute.do", "path", web.SeenAsPath))
	}
	for _, p := range d.Config.TrustedProxies {
		if p.Contains(honest) {
			return one(checkForged, Unknown, d.T("doctor.forged.within"), d.T("doctor.forged.within.do"))
		}
	}
	var believed []string
	for _, h := range forgedHeaders {
		seen, err := d.seenAs(ctx, url, h[0], h[1])
		if err != nil {
			return one(checkForged, Look, d.T("doctor.forged.odd", "header", h[0]), d.T("doctor.forged.odd.do"))
		}
		if seen != honest {
			believed = append(believed, h[0])
		}
	}
	if len(believed) > 0 {
		return one(checkForged, Bad, d.T("doctor.forged.believed", "headers", strings.Join(believed, ", ")), d.T("doctor.forged.believed.do"))
	}
	return one(checkForged, Fine, d.T("doctor.forged.fine", "headers", len(forgedHeaders)), "")
}

// seenAs asks for whom the program takes us.
func (d doctor) seenAs(ctx context.Context, url string, headers ...string) (netip.Addr, error) {
	got, err := d.ask(ctx, http.MethodGet, url, headers...)
	if err != nil {
		return netip.Addr{}, err
	}
	if got.status != http.StatusOK {
		return netip.Addr{}, fmt.Errorf("status %d", got.status)
	}
	return netip.ParseAddr(strings.TrimSpace(got.body))
}
