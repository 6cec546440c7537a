package account_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/fault"
)

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"":                             "account.password_short",
		"nine char":                    "account.password_short",
		"bồ câu 12":                    "account.password_short",
		"ten chars!":                   "",
		"bốn con vịt xiêm":             "",
		"aB3$xxqpL0":                   "",
		strings.Repeat("ặ", 200):       "account.password_common",
		strings.Repeat("năm chữ ", 25): "",
		strings.Repeat("x1", 1000):     "account.password_long",
		strings.Repeat("dài quá ", 26): "account.password_long",
		"trantrai-lan2026":             "account.password_login",
		"TRANTRAI-LAN":                 "account.password_login",
		"password123":                  "account.password_common",
		"Mậtkhẩu 123!":                 "account.password_common",
		"1234567890":                   "account.password_common",
		"9876543210":                   "account.password_common",
		"qwertyuiop":                   "account.password_common",
		"poiuytrewq":                   "account.password_common",
		"zzzzzzzzzzzz":                 "account.password_common",
		"abcabcabcabc":                 "account.password_common",
		"chunhatcungdan":               "account.password_common",
		"\xff\xfe broken text":         "account.password_long",
	} {
		var c fault.Check
		account.CheckPassword(&c, "password", typed, "trantrai-lan")
		got := ""
		if f, ok := errors.AsType[*fault.Error](c.Err()); ok {
			got = f.Fields[0].Code
		}
		if got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

// FuzzCheckPassword: what passes has a sane length and one form.
func FuzzCheckPassword(f *testing.F) {
	for _, seed := range []string{"", "bốn con vịt xiêm", "bo\u0302\u0301n con vịt", "\xff", strings.Repeat("a", 900)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		var c fault.Check
		password := account.CheckPassword(&c, "password", typed, "lan")
		if c.Err() != nil {
			return
		}
		if n := utf8.RuneCountInString(password); n < account.MinPasswordRunes || n > 200 {
			t.Errorf("%q passes with %d characters", typed, n)
		}
		var again fault.Check
		if twice := account.CheckPassword(&again, "password", password, "lan"); twice != password || again.Err() != nil {
			t.Errorf("%q becomes %q and then %q", typed, password, twice)
		}
	})
}

func TestDeviceOf(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0":                                           "firefox linux",
		"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0":        "edge windows",
		"Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/74.0 Mobile Safari/537.36":           "chrome android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/17.0 Safari": "safari ios",
		"curl/8": "other other", "": "other other",
	} {
		if got := account.DeviceOf(agent); got != want {
			t.Errorf("%q: %q, want %q", agent, got, want)
		}
	}
}
