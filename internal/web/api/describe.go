package api

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/sunday-with-the-people/sunday/internal/account"
)

const (
	// prefix is that of every path; a change that breaks clients gets the next one.
	prefix = "/api/v1"
	// bearer names the way in which clients say who they are.
	bearer = "bearer"
)

const about = `Everything that staff can do, for programs. Send a token as "Authorization: Bearer ...".

Lists are given in pages: "next" of one is "after" of the following. A single resource has an ETag; send it as If-Match
with a change, and the change is refused with 412 where somebody else was faster. Send an Idempotency-Key with a POST
that makes something, and sending it again makes nothing twice. Fields that nobody knows are refused. What one may not
see answers 404, as the unknown does. Errors are application/problem+json in the language of Accept-Language (vi, en, pl).`

// describe is the head of the OpenAPI description. The library's own pages are
// off: they load scripts from another host.
func describe(o Options) huma.Config {
	version := o.Version
	if version == "" {
		version = "unknown"
	}
	c := huma.DefaultConfig("Sunday with the People", version)
	c.Info.Description = about
	c.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	c.CreateHooks, c.OpenAPIPath, c.DocsPath, c.SchemasPath = nil, "", "", ""
	c.RejectUnknownQueryParameters = true
	if o.BaseURL != "" {
		c.Servers = []*huma.Server{{URL: o.BaseURL}}
	}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{bearer: {
		Type: "http", Scheme: "bearer",
		Description: "A token of an account, with scopes. It reaches no further than the account's roles do.",
	}}
	c.Extensions = map[string]any{"x-scopes": account.Scopes()}
	return c
}
