// Package api is the JSON API for staff and their programs, described by itself in OpenAPI 3.1.
package api
