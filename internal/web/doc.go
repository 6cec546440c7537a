// Package web is the HTTP server: what every request passes on its way in, the routes, and how the process tells that
// it is well.
package web
