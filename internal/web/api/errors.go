package api

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/text"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
)

// unclassified is the status that the library gives to a handler's own error:
// what it really is stands in the error.
const unclassified = http.StatusInternalServerError

// What the library refuses before a handler runs.
var (
	errMalformed   = fault.New(fault.Invalid, "body.malformed")
	errUnreadable  = fault.New(fault.Invalid, "body.unreadable")
	errContentType = fault.New(fault.Invalid, "body.content_type")
	errTooLarge    = fault.New(fault.TooLarge, "body.too_large").With("max", strconv.Itoa(maxBodyBytes>>20))
	errBodyMissing = fault.New(fault.Invalid, "body.missing")

	errRequired     = fault.New(fault.Invalid, "required")
	errUnknownField = fault.New(fault.Invalid, "field.unknown")
	errUnknownQuery = fault.New(fault.Invalid, "query.unknown")
	errForm         = fault.New(fault.Invalid, "field.form")
)

// How the library says that a body broke off, which is the client's doing, and
// that a parameter is unknown.
const (
	unread       = "cannot read request body"
	unknownQuery = "unknown query parameter"
)

// installErrors replaces the library's error constructor, which is a variable
// of its package. Its own would tell clients causes and what they typed.
var installErrors = sync.OnceFunc(func() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return makeProblem(context.Background(), status, msg, errs)
	}
	huma.NewErrorWithContext = func(c huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return makeProblem(c.Context(), status, msg, errs)
	}
})

// makeProblem is the one place where the API's errors are made: faults of
// services by their kind, the library's own by their status.
func makeProblem(ctx context.Context, status int, msg string, errs []error) *problem.Problem {
	err := errors.Join(errs...)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return problem.Of(ctx, errTooLarge)
	}
	switch status {
	case unclassified:
		if msg == unread {
			return problem.Make(ctx, http.StatusRequestTimeout, errUnreadable)
		}
		return problem.Of(ctx, err)
	case http.StatusRequestTimeout:
		return problem.Make(ctx, status, errUnreadable)
	case http.StatusUnsupportedMediaType:
		return problem.Make(ctx, status, errContentType)
	case http.StatusRequestEntityTooLarge:
		return problem.Make(ctx, status, errTooLarge)
	case http.StatusBadRequest:
		if err == nil {
			return problem.Make(ctx, status, errBodyMissing)
		}
		return problem.Make(ctx, status, errMalformed)
	default:
		return problem.Of(ctx, refused(errs))
	}
}

// refused names each input that the library refused, without what was typed.
func refused(errs []error) error {
	var check fault.Check
	for _, err := range errs {
		name, code := "body", errForm
		if d, ok := err.(huma.ErrorDetailer); ok {
			name, code = refusal(d.ErrorDetail())
		}
		if err := check.Take(name, code); err != nil {
			return err
		}
	}
	return check.Err()
}

// fieldName is what may be said back of a name that a client sent: unknown
// fields may have any name, even a token. Ours are in small letters, and those
// of headers have a large one at the beginning of each word.
var fieldName = regexp.MustCompile(`^([a-z][a-z_]{0,30}|[A-Z][a-z]{1,15}(-[A-Z][a-z]{1,15})*)(\.[a-z_-]{1,31}|\[\d{1,5}\]|\.\d{1,5})*$`)

var (
	missingField = regexp.MustCompile(`^expected required property ([a-z_]+) to be present$`)
	tooLong      = regexp.MustCompile(`^expected length <= (\d+)$`)
)

// refusal puts the library's English into an error of ours.
func refusal(d *huma.ErrorDetail) (name string, err *fault.Error) {
	where, name, _ := strings.Cut(d.Location, ".")
	if m := missingField.FindStringSubmatch(d.Message); m != nil {
		return strings.TrimPrefix(name+"."+m[1], "."), errRequired
	}
	if !fieldName.MatchString(name) {
		name = where
	}
	switch m := tooLong.FindStringSubmatch(d.Message); {
	case m != nil:
		return name, text.ErrTooLong.With("max", m[1])
	case d.Message == validation.MsgUnexpectedProperty:
		return name, errUnknownField
	case d.Message == unknownQuery:
		return name, errUnknownQuery
	case strings.HasPrefix(d.Message, "required "):
		return name, errRequired
	default:
		return name, errForm
	}
}
