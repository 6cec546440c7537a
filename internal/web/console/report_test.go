package console_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/web/console"
)

func TestReadReport(t *testing.T) {
	t.Parallel()
	typed, in, err := console.ReadReport(values(t, "households=+12+&villages=5&officials=0&summary=Xong&lessons=%20x&unknown=1"))
	want := event.ReportInput{Households: 12, Villages: 5, Summary: "Xong", Lessons: " x"}
	if d := cmp.Diff(want, in); d != "" || err != nil || typed.Households != " 12 " {
		t.Errorf("%v, typed %+v: %s", err, typed, d)
	}
	for form, field := range map[string]string{
		"households=-1&villages=1&officials=1": "households", "households=1&villages=1.5&officials=1": "villages",
		"households=1&villages=1&officials=99999999999999999999": "officials", "households=1&villages=x&officials=1": "villages",
		"households=&villages=1&officials=1": "households", "households=1&officials=1": "villages", "households=1&villages=0&officials=+": "officials",
	} {
		if typed, _, err := console.ReadReport(values(t, form)); err == nil || !strings.Contains(err.Error(), "("+field+"=") || typed == (console.TypedReport{}) {
			t.Errorf("%q: %v, typed %+v", form, err, typed)
		}
	}
}

// FuzzReadReport: what is read counts nobody below none, and what was typed comes
// back as it was.
func FuzzReadReport(f *testing.F) {
	for _, seed := range []string{"households=3&villages=1&officials=2&summary=x", "households=%2b5", "households=1&households=2", "summary=%00%ff", "officials=0x10"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, form string) {
		typed, err := url.ParseQuery(form)
		if err != nil {
			return
		}
		back, in, err := console.ReadReport(typed)
		if back.Summary != typed.Get("summary") || back.Lessons != typed.Get("lessons") || back.Households != typed.Get("households") {
			t.Errorf("%q comes back as %+v", form, back)
		}
		if err == nil && (in.Households < 0 || in.Villages < 0 || in.Officials < 0 || in.Summary != back.Summary) {
			t.Errorf("%q is read as %+v", form, in)
		}
	})
}
