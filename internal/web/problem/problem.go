package problem

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// Field is one refused input.
type Field struct {
	Field   string `json:"field" doc:"The input as it was named, with dots between its parts" example:"local_end"`
	Code    string `json:"code" doc:"What was wrong with it" example:"event.end_before_start"`
	Message string `json:"message" doc:"What was wrong and how to put it right, in the language asked for"`
}

// Problem is the body of an error answer (RFC 9457).
type Problem struct {
	Title  string  `json:"title" doc:"The kind of problem in the language asked for" example:"Not found"`
	Status int     `json:"status" doc:"The HTTP status" minimum:"400" maximum:"599" example:"404"`
	Code   string  `json:"code" doc:"The problem for programs; it never changes with the language" example:"absent"`
	Detail string  `json:"detail" doc:"What happened and what to do, in the language asked for"`
	Errors []Field `json:"errors,omitempty" nullable:"false" doc:"Every refused input"`
}

// Error gives the code, so that a Problem can be returned as an error.
func (p *Problem) Error() string { return p.Code }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457 in place of plain JSON.
func (p *Problem) ContentType(ct string) string {
	if ct == "application/json" {
		return "application/problem+json"
	}
	return ct
}

// Of says what the client of the request in ctx may know of err. An error that
// nobody classified is a 500 with fixed words.
func Of(ctx context.Context, err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case ok && f.Kind != fault.Internal:
	case errors.Is(err, context.DeadlineExceeded), ctx.Err() != nil && errors.Is(err, context.Canceled): // or whoever asked hung up
		f = errLate
	default:
		f = errInternal
		request.From(ctx).SetCause(Cause(err))
	}
	return Make(ctx, Status(f.Kind), f)
}

var (
	errInternal = fault.New(fault.Internal, "internal")
	errLate     = fault.New(fault.Unavailable, "unavailable")
)

// Cause says of an error what may be logged: its own types and codes from the
// outside in, and no words of a driver, which may repeat what somebody typed.
func Cause(err error) string {
	var parts []string
	for ; err != nil && len(parts) < 8; err = inner(err) {
		switch e := any(err).(type) {
		case *fault.Error:
			parts = append(parts, e.Error())
		case interface{ Code() int }:
			parts = append(parts, fmt.Sprintf("%T %d", err, e.Code()))
		default:
			parts = append(parts, fmt.Sprintf("%T", err))
		}
	}
	return strings.Join(parts, ": ")
}

// inner is what the error wraps, the first where it joins several.
func inner(err error) error {
	if joined, ok := any(err).(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			return one
		}
	}
	return errors.Unwrap(err)
}

// Make gives the problem with a status of its own, in words for the fault.
func Make(ctx context.Context, status int, f *fault.Error) *Problem {
	code := f.Code
	if code == "" || f.Kind == fault.Internal {
		code = f.Kind.String()
	}
	request.From(ctx).SetFault(code)
	p := &Problem{Status: status, Code: code, Title: http.StatusText(status), Detail: code}
	texts := request.Texts(ctx)
	if texts == nil {
		return p
	}
	p.Title, p.Detail = texts.Text("status."+strconv.Itoa(status), nil), texts.Fault(f)
	for _, in := range f.Fields {
		p.Errors = append(p.Errors, Field{Field: in.Name, Code: in.Code, Message: texts.Field(in)})
	}
	return p
}

// Status is the one table from kinds of failure to HTTP statuses.
func Status(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Gone:
		return http.StatusGone
	case fault.PreconditionFailed:
		return http.StatusPreconditionFailed
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	default:
		return http.StatusInternalServerError
	}
}
