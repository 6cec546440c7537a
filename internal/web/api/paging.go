package api

import (
	"context"
	"net/url"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
)

// Paging is what every list takes.
type Paging struct {
	Limit int    `query:"limit" minimum:"1" maximum:"200" doc:"How many items at most, 50 if left out" example:"20"`
	After string `query:"after" maxLength:"2000" doc:"The next of the page before"`

	at url.URL
}

// Resolve notes the address of the request, for the Link to the next page.
func (p *Paging) Resolve(c huma.Context) []error {
	p.at = c.URL()
	return nil
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"Send it as after for the next page; the last page has none"`
}

type listOf[T any] struct {
	Link string `header:"Link" doc:"The address of the next page (RFC 8288), if there is one"`
	Body Page[T]
}

// pager opens and seals the cursors of one list for one reader: a cursor of
// another list, filter or reader does not open.
type pager struct {
	sealer *page.Sealer
	scope  string
	paging Paging
}

// pager takes whatever narrows the list.
func (m *mount) pager(ctx context.Context, p Paging, list string, narrowed ...string) pager {
	scope := id.Hash(append([]string{list, actorOf(ctx).ID}, narrowed...)...)
	return pager{sealer: m.Cursors, scope: scope, paging: p}
}

func (g pager) request() (page.Request, error) {
	r := page.Request{Limit: g.paging.Limit}
	if g.paging.After == "" {
		return r, nil
	}
	key, err := g.sealer.Open(g.scope, g.paging.After)
	if err != nil {
		return r, err
	}
	r.After = &key
	return r, nil
}

func (g pager) seal(next *page.Key) string {
	if next == nil {
		return ""
	}
	return g.sealer.Seal(g.scope, *next)
}

// link is the Link header for the cursor of the next page.
func (g pager) link(next string) string {
	if next == "" {
		return ""
	}
	query := g.paging.at.Query()
	query.Set("after", next)
	query.Set("limit", strconv.Itoa(page.Limit(g.paging.Limit)))
	return "<" + (&url.URL{Path: g.paging.at.Path, RawQuery: query.Encode()}).String() + `>; rel="next"`
}

// paged asks for one page of a list and shows its items.
func paged[T, D any](g pager, ask func(page.Request) (page.List[T], error), show func(T) D) (*listOf[D], error) {
	r, err := g.request()
	if err != nil {
		return nil, err
	}
	l, err := ask(r)
	if err != nil {
		return nil, err
	}
	out := &listOf[D]{Body: Page[D]{Items: shown(l.Items, show), Next: g.seal(l.Next)}}
	out.Link = g.link(out.Body.Next)
	return out, nil
}

// shown is never nil: a list without items is [] to a client.
func shown[T, D any](items []T, show func(T) D) []D {
	out := make([]D, 0, len(items))
	for _, item := range items {
		out = append(out, show(item))
	}
	return out
}
