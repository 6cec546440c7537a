package console_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/web/console"
)

func TestReturnPath(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/staff/units/0192?village=x&lang=en": "/staff/units/0192?village=x&lang=en",
		"/staff/":                             "/staff/",
		"":                                    "/staff/",
		"/":                                   "/staff/",
		"/staff":                              "/staff/",
		"/staffing/":                          "/staff/",
		"https://evil.example/staff/":         "/staff/",
		"//evil.example/staff/":               "/staff/",
		"/\\evil.example/staff/":              "/staff/",
		"/staff/\\evil.example":               "/staff/",
		"/staff//evil.example":                "/staff/",
		"/staff/../e/1":                       "/staff/",
		"/staff/%2e%2e/e/1":                   "/staff/",
		"/staff/x#y":                          "/staff/",
		"/staff/x\r\nSet-Cookie: a=b":         "/staff/",
		"javascript:alert(1)":                 "/staff/",
		"/staff/sign-out":                     "/staff/",
		"/staff/sign-in?next=/staff/":         "/staff/",
	} {
		if got := console.ReturnPath(next); got != want {
			t.Errorf("%q: %q, want %q", next, got, want)
		}
	}
}

// FuzzReturnPath: wherever a link points, one stays with the pages of staff.
func FuzzReturnPath(f *testing.F) {
	for _, seed := range []string{"/staff/units/1", "//x", "/staff/../x", "/staff/%5cx", "/staff/\t/x", "/staff/%2f%2fx"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, next string) {
		got := console.ReturnPath(next)
		base := &url.URL{Scheme: "https", Host: "sunday.example"}
		to, err := base.Parse(got)
		if err != nil || to.Host != base.Host || to.Scheme != base.Scheme || !strings.HasPrefix(to.Path, "/staff/") ||
			strings.ContainsAny(got, "\\\r\n\t") {
			t.Errorf("%q leads to %q", next, got)
		}
		if console.ReturnPath(got) != got {
			t.Errorf("%q leads to %q, which leads elsewhere", next, got)
		}
	})
}
