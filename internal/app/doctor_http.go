package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// answer is what a web server says.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends one request, with headers as pairs of name and value.
func (d doctor) ask(ctx context.Context, method, url string, headers ...string) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return answer{}, err
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := d.HTTP.Do(r)
	if err != nil {
		return answer{}, err
	}
	body, err := io.ReadAll(io.LimitReader(got.Body, 1<<20))
	return answer{got.StatusCode, got.Header, string(body)}, errors.Join(err, got.Body.Close())
}

// proxy compares what is set with itself: the program itself speaks HTTP, so
// that an https address means a proxy, whose word on addresses has to be taken.
func (d doctor) proxy(context.Context) []Finding {
	const check = "proxy"
	secure, trusted := strings.HasPrefix(d.Config.BaseURL, "https://"), len(d.Config.TrustedProxies) > 0
	switch {
	case d.Config.BaseURL == "":
		return one(check, Look, "SUNDAY_BASE_URL is not set: links in mails begin with the address listened on", "set it to the address at which people reach the pages")
	case !secure:
		return one(check, Bad, "SUNDAY_BASE_URL is not https: links and what people type can be read on their way", "put a reverse proxy with TLS before the program, and set SUNDAY_BASE_URL to its https address")
	case !trusted:
		return one(check, Bad, "SUNDAY_BASE_URL is https, so a proxy stands before the program, and SUNDAY_TRUSTED_PROXIES names none: all visitors count as one address in rate limits", "set SUNDAY_TRUSTED_PROXIES to the proxy's network, such as 127.0.0.1/32")
	}
	for _, p := range d.Config.TrustedProxies {
		if p.Bits() == 0 {
			return one(check, Bad, "SUNDAY_TRUSTED_PROXIES trusts everybody: any visitor may pretend to any address", "name the proxy's own network")
		}
	}
	return one(check, Fine, "SUNDAY_BASE_URL is https, and its proxy is named", "")
}

// wantedHeaders are those that the pages send and a proxy may take away.
var wantedHeaders = []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"}

// pages asks the running program as a visitor does, through all that stands
// before it.
func (d doctor) pages(ctx context.Context) []Finding {
	const check = "pages"
	if d.URL == "" {
		return one(check, Unknown, "were not asked for", "name their address: --url URL")
	}
	base := strings.TrimRight(d.URL, "/")
	got, err := d.ask(ctx, http.MethodGet, base+"/")
	if err != nil {
		return one(check, Bad, base+" does not answer", "see that the program and its proxy run, and that the certificate is right")
	}
	if got.status != http.StatusOK {
		return one(check, Bad, fmt.Sprintf("%s answers %d", base, got.status), "look at the logs of the proxy and of the program")
	}
	var gone []string
	for _, h := range wantedHeaders {
		if got.header.Get(h) == "" {
			gone = append(gone, h)
		}
	}
	switch {
	case len(gone) > 0:
		return one(check, Bad, "they come without "+strings.Join(gone, ", "), "something before the program takes headers away: let it pass them on")
	case strings.HasPrefix(base, "https://") && got.header.Get("Strict-Transport-Security") == "":
		return one(check, Look, "they come without Strict-Transport-Security", "let the proxy add it: max-age=31536000")
	}
	return one(check, Fine, base+" answers, with its headers", "")
}
