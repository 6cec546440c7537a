package api

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// ByID is the path of a single resource. It is exported, as is all that inputs
// embed: the library leaves out what is not.
type ByID struct {
	ID string `path:"id" maxLength:"36" doc:"The id" example:"01939f2e-7c1a-7c30-9f5e-0242ac120002"`
}

// oneOf is a single resource with its version.
type oneOf[T any] struct {
	ETag string `header:"ETag" doc:"The version; send it as If-Match with a change"`
	Body T
}

// plain is an answer that has no version.
type plain[T any] struct{ Body T }

func one[T any](ver int64, body T) *oneOf[T] {
	return &oneOf[T]{ETag: `"` + strconv.FormatInt(ver, 10) + `"`, Body: body}
}

// Matching takes the version that a client saw.
type Matching struct {
	IfMatch string `header:"If-Match" maxLength:"100" doc:"The ETag that was seen: another version answers 412" example:"\"3\""`
}

// errVersion is the answer to an ETag that none of ours can be.
var errVersion = fault.New(fault.PreconditionFailed, "version")

// ver is the version that was seen, 0 for any.
func (m Matching) ver() (int64, error) {
	tag := strings.TrimSpace(m.IfMatch)
	if tag == "" || tag == "*" {
		return 0, nil
	}
	inner, ok := strings.CutPrefix(tag, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	n, err := strconv.ParseInt(inner, 10, 64)
	if !ok || !closed || err != nil || n < 1 {
		return 0, errVersion
	}
	return n, nil
}

// Keyed takes the key that makes a POST safe to send again.
type Keyed struct {
	Key string `header:"Idempotency-Key" maxLength:"200" doc:"Any text of your own: the same key with the same token makes the same thing once" example:"6f1c2b"`
}

// newID is derived from what makes the thing, the token and the key, so that a
// replay, even after a crash, meets what the first try made. Empty without a key.
func (k Keyed) newID(ctx context.Context, op string) string {
	if k.Key == "" {
		return ""
	}
	return id.Hash(op, request.From(ctx).Token(), k.Key)
}

// at shows an instant, nil where there is none.
func at(i calendar.Instant) *time.Time {
	if i == 0 {
		return nil
	}
	t := i.Time()
	return &t
}

// instant reads one, 0 where there is none.
func instant(t *time.Time) calendar.Instant {
	if t == nil {
		return 0
	}
	return calendar.FromTime(*t)
}

// millis shows UTC milliseconds, nil for 0.
func millis[T ~int64](ms T) *time.Time { return at(calendar.Instant(ms)) }
