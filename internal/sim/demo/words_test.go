package demo_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/sim/demo"
)

// TestWords_FitEveryUnit: wards have no villages, and no commune to lead them.
func TestWords_FitEveryUnit(t *testing.T) {
	t.Parallel()
	local := regexp.MustCompile(`(?i)(^| )(thôn|tổ dân phố|xã|phường|đặc khu)([ .,;:]|$)`)
	for _, words := range demo.Words() {
		if local.MatchString(strings.ReplaceAll(words, "hợp tác xã", "")) {
			t.Errorf("%q is of one kind of unit alone", words)
		}
	}
}
