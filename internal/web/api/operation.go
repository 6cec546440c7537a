package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// maxBodyBytes bounds what one request may send.
const maxBodyBytes = 1 << 20

// operation is one line of a noun's table of what can be done.
type operation struct {
	// ID names it for programs, "verb-noun"; Do is its method and path below the
	// prefix, "POST /events/{id}/submit".
	ID, Do string
	// Says is one sentence for people; More goes on where it has to.
	Says, More string
	// Scope is what the token has to reach.
	Scope string
	// Status of success, 200 if 0.
	Status int
}

// handler does the work: its input is bound and checked, its error is written
// elsewhere.
type handler[I, O any] func(ctx context.Context, act actor.Actor, in *I) (*O, error)

// add mounts one operation.
func add[I, O any](m *mount, op operation, h handler[I, O]) {
	huma.Register(m.api, m.operation(op), func(ctx context.Context, in *I) (*O, error) {
		return h(ctx, actorOf(ctx), in)
	})
}

func (m *mount) operation(op operation) huma.Operation {
	method, path, _ := strings.Cut(op.Do, " ")
	tag, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if op.Status == 0 {
		op.Status = http.StatusOK
	}
	return huma.Operation{
		OperationID: op.ID, Method: method, Path: prefix + path, Summary: op.Says, Description: op.More,
		Tags: []string{tag}, DefaultStatus: op.Status, MaxBodyBytes: maxBodyBytes,
		Security: []map[string][]string{{bearer: {op.Scope}}},
		Metadata: map[string]any{metaScope: op.Scope},
		Errors:   mayAnswer(method), Responses: beforeUs(),
		// An id that cannot be one is unknown, and not looked up.
		Middlewares: huma.Middlewares{m.knownIDs(path)},
	}
}

// metaScope is where an operation keeps its scope for authenticate.
const metaScope = "scope"

// mayAnswer lists the statuses of errors that a method may answer with.
func mayAnswer(method string) []int {
	codes := []int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone,
		http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusServiceUnavailable,
	}
	if method == http.MethodGet {
		return codes
	}
	return append(codes, http.StatusConflict, http.StatusPreconditionFailed, http.StatusRequestTimeout,
		http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
}

// beforeUs are the answers that the HTTP server gives before any handler runs.
func beforeUs() map[string]*huma.Response {
	status := http.StatusRequestHeaderFieldsTooLarge
	return map[string]*huma.Response{strconv.Itoa(status): {
		Description: "The address and the headers together have more than 16 KiB.",
		Content:     map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
}

func (m *mount) knownIDs(path string) func(huma.Context, func(huma.Context)) {
	names := slices.DeleteFunc([]string{"id", "rid"}, func(name string) bool { return !strings.Contains(path, "{"+name+"}") })
	return func(c huma.Context, next func(huma.Context)) {
		for _, name := range names {
			if !id.Valid(c.Param(name)) {
				m.refuse(c, record.ErrAbsent)
				return
			}
		}
		next(c)
	}
}
