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
	const check = "forged addresses"
	if d.URL == "" {
		return one(check, Unknown, "were not tried", "name the address of the pages: --url URL")
	}
	url := strings.TrimRight(d.URL, "/") + web.SeenAsPath
	honest, err := d.seenAs(ctx, url)
	if err != nil {
		return one(check, Unknown, "the pages do not say for whom they take us", "see that the program runs in this version, and that the proxy passes "+web.SeenAsPath+" on")
	}
	for _, p := range d.Config.TrustedProxies {
		if p.Contains(honest) {
			return one(check, Unknown, "we are asking from a network of SUNDAY_TRUSTED_PROXIES, whose word counts", "run the doctor from another machine, or name the address that visitors use: --url URL")
		}
	}
	var believed []string
	for _, h := range forgedHeaders {
		seen, err := d.seenAs(ctx, url, h[0], h[1])
		if err != nil {
			return one(check, Look, "a request with "+h[0]+" is not answered as one without it", "look at the proxy's log")
		}
		if seen != honest {
			believed = append(believed, h[0])
		}
	}
	if len(believed) > 0 {
		return one(check, Bad, "a visitor who sends "+strings.Join(believed, ", ")+" is taken for somebody else, and escapes all limits", "let the proxy set the header itself instead of passing on what came, and name in SUNDAY_TRUSTED_PROXIES its own address alone")
	}
	return one(check, Fine, fmt.Sprintf("%d headers that pretend another address have no effect", len(forgedHeaders)), "")
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
