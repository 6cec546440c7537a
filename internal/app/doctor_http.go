package app

import (
	"context"
	"errors"
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
	secure, trusted := strings.HasPrefix(d.Config.BaseURL, "https://"), len(d.Config.TrustedProxies) > 0
	switch {
	case d.Config.BaseURL == "":
		return one(checkProxy, Look, d.T("doctor.proxy.unset"), d.T("doctor.proxy.unset.do"))
	case !secure:
		return one(checkProxy, Bad, d.T("doctor.proxy.plain"), d.T("doctor.proxy.plain.do"))
	case !trusted:
		return one(checkProxy, Bad, d.T("doctor.proxy.unnamed"), d.T("doctor.proxy.unnamed.do"))
	}
	for _, p := range d.Config.TrustedProxies {
		if p.Bits() == 0 {
			return one(checkProxy, Bad, d.T("doctor.proxy.everybody"), d.T("doctor.proxy.everybody.do"))
		}
	}
	return one(checkProxy, Fine, d.T("doctor.proxy.fine"), "")
}

// wantedHeaders are those that the pages send and a proxy may take away.
var wantedHeaders = []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"}

// pages asks the running program as a visitor does, through all that stands
// before it.
func (d doctor) pages(ctx context.Context) []Finding {
	if d.URL == "" {
		return one(checkPages, Unknown, d.T("doctor.pages.unasked"), d.T("doctor.pages.unasked.do"))
	}
	base := strings.TrimRight(d.URL, "/")
	got, err := d.ask(ctx, http.MethodGet, base+"/")
	if err != nil {
		return one(checkPages, Bad, d.T("doctor.pages.silent", "url", base), d.T("doctor.pages.silent.do"))
	}
	if got.status != http.StatusOK {
		return one(checkPages, Bad, d.T("doctor.pages.status", "url", base, "status", got.status), d.T("doctor.pages.status.do"))
	}
	var gone []string
	for _, h := range wantedHeaders {
		if got.header.Get(h) == "" {
			gone = append(gone, h)
		}
	}
	switch {
	case len(gone) > 0:
		return one(checkPages, Bad, d.T("doctor.pages.without", "headers", strings.Join(gone, ", ")), d.T("doctor.pages.without.do"))
	case strings.HasPrefix(base, "https://") && got.header.Get("Strict-Transport-Security") == "":
		return one(checkPages, Look, d.T("doctor.pages.without", "headers", "Strict-Transport-Security"), d.T("doctor.pages.hsts.do"))
	}
	return one(checkPages, Fine, d.T("doctor.pages.fine", "url", base), "")
}
