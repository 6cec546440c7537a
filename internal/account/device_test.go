package account_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/account"
)

// FuzzDeviceOf: whatever a browser says of itself, two words of the closed lists
// are kept of it.
func FuzzDeviceOf(f *testing.F) {
	browsers := []string{"edge", "opera", "coccoc", "samsung", "firefox", "chrome", "safari", "other"}
	systems := []string{"android", "ios", "windows", "macos", "chromeos", "linux", "other"}
	for _, s := range []string{"Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0", "Chrome Windows", "", "\xff\xfe", "İPHONE", strings.Repeat("edg", 9)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, agent string) {
		browser, system, found := strings.Cut(account.DeviceOf(agent), " ")
		if !found || !slices.Contains(browsers, browser) || !slices.Contains(systems, system) {
			t.Errorf("%q gives %q and %q", agent, browser, system)
		}
	})
}
