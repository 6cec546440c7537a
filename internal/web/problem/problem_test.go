package problem_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

func english(t *testing.T) context.Context {
	t.Helper()
	c, err := i18n.Open()
	if err != nil {
		t.Fatal(err)
	}
	return request.With(t.Context(), &request.State{Texts: c.For("en")})
}

func TestOf(t *testing.T) {
	t.Parallel()
	ctx := english(t)
	secret := errors.New("lan@example.org")
	var check fault.Check
	check.Add("title", "text.too_long", "max", 200)
	tests := map[string]struct {
		err  error
		want problem.Problem
	}{
		"absent": {record.ErrAbsent.Because(secret), problem.Problem{
			Title: "Not found", Status: 404, Code: "absent", Detail: "There is no such thing.",
		}},
		"unknown": {secret, problem.Problem{
			Title: "Our mistake", Status: 500, Code: "internal", Detail: "Something went wrong on our side. Please try again in a few minutes.",
		}},
		"internal": {fault.New(fault.Internal, "secret.seal").Because(secret), problem.Problem{
			Title: "Our mistake", Status: 500, Code: "internal", Detail: "Something went wrong on our side. Please try again in a few minutes.",
		}},
		"late": {fmt.Errorf("query: %w", context.DeadlineExceeded), problem.Problem{
			Title: "Not available", Status: 503, Code: "unavailable", Detail: "The system is not available just now. Please try again in a few minutes.",
		}},
		"fields": {check.Err(), problem.Problem{
			Title: "Not right yet", Status: 422, Code: "invalid", Detail: "Something is not right yet. Please look at the fields named.",
			Errors: []problem.Field{{Field: "title", Code: "text.too_long", Message: "Too long; at most 200 characters."}},
		}},
	}
	for name, tt := range tests {
		if diff := cmp.Diff(&tt.want, problem.Of(ctx, tt.err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	canceled := fmt.Errorf("query: %w", context.Canceled)
	if p := problem.Of(ctx, canceled); p.Status != http.StatusInternalServerError {
		t.Errorf("canceled by nobody: %d", p.Status)
	}
	gone, hangUp := context.WithCancel(ctx)
	hangUp()
	if p := problem.Of(gone, canceled); p.Status != http.StatusServiceUnavailable {
		t.Errorf("whoever asked hung up: %d", p.Status)
	}
}

// TestStatus_EveryKind: each kind has a status with a title in every language.
func TestStatus_EveryKind(t *testing.T) {
	t.Parallel()
	c, err := i18n.Open()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]fault.Kind{}
	for k := fault.Internal; k <= fault.TooLarge; k++ {
		status := problem.Status(k)
		if other, twice := seen[status]; twice {
			t.Errorf("%s and %s are both %d", k, other, status)
		}
		seen[status] = k
		for _, lang := range c.Languages() {
			if _, err := c.For(lang).Lookup(fmt.Sprintf("status.%d", status)); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestCause(t *testing.T) {
	t.Parallel()
	err := errors.Join(fmt.Errorf("find lan@example.org: %w", fault.New(fault.Internal, "store_failed").Because(coded{})))
	got := problem.Cause(err)
	for _, want := range []string{"store_failed", "problem_test.coded 19"} {
		if !strings.Contains(got, want) {
			t.Errorf("the cause is %q and has no %q", got, want)
		}
	}
	if strings.Contains(got, "@") {
		t.Errorf("the cause repeats what was typed: %q", got)
	}
}

// coded is like a driver's error: its words repeat what somebody typed.
type coded struct{}

func (coded) Error() string { return "constraint failed: lan@example.org" }
func (coded) Code() int     { return 19 }
