package text_test

import (
	"errors"
	"net/mail"
	"regexp"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

func TestEmail(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" Lan.Nguyen+xom3@Example.ORG ": "Lan.Nguyen+xom3@example.org",
		"a@đàlạt.vn":                    "a@xn--lt-iia9qp51l.vn",
		"a@xn--lt-iia9qp51l.vn":         "a@xn--lt-iia9qp51l.vn",
		"o'brien@example.org":           "o'brien@example.org",
	} {
		got, err := text.Email(in)
		if err != nil || got != want {
			t.Errorf("Email(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{
		"", "a", "a@", "@example.org", "a@b", "a@@example.org", "a@localhost", "a@1.2.3.4", "a@[1.2.3.4]",
		"Lan <lan@example.org>", "<lan@example.org>", "lan@example.org (Lan)", `"a b"@example.org`,
		"a@example.org\r\nBcc: b@example.org", "a\n@example.org", "a@example.org\n", "a@example.org,b@example.org",
		"a@exa\u200bmple.org", "lan\u202e@example.org", "lân@example.org", "a@example..org", "a@example.org.",
		".a@example.org", "a.@example.org", "a@-example.org", "a@exa_mple.org", "a@" + strings.Repeat("x", 64) + ".org",
		strings.Repeat("a", 65) + "@example.org", "a@" + strings.Repeat("abcdefgh.", 28) + "org",
	} {
		if got, err := text.Email(in); !errors.Is(err, text.ErrEmail) || got != "" {
			t.Errorf("Email(%q) = %q, %v", in, got, err)
		}
	}
}

func FuzzEmail(f *testing.F) {
	f.Add("Lan@Đàlạt.vn")
	f.Add("\"a\r\n\"@example.org")
	f.Fuzz(func(t *testing.T, in string) {
		got, err := text.Email(in)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		if !regexp.MustCompile(`^[!-~]+@[a-z0-9.-]+\.[a-z0-9-]+$`).MatchString(got) || len(got) > 254 {
			t.Errorf("%q passes as %q", in, got)
		}
		if again, err := text.Email(got); err != nil || again != got {
			t.Errorf("%q, and again %q, %v", got, again, err)
		}
		if p, err := mail.ParseAddress(got); err != nil || p.Address != got {
			t.Errorf("%q is no address: %v", got, err)
		}
	})
}

func TestPhone(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, region, want string }{
		{"0912 345 678", "", "+84912345678"},
		{"091-234.5678", "VN", "+84912345678"},
		{"+84 912 345 678", "PL", "+84912345678"},
		{"\u202a0912345678\u202c", "VN", "+84912345678"},
		{"512 345 678", "PL", "+48512345678"},
		{"0263 3822 311", "VN", "+842633822311"},
	} {
		got, err := text.Phone(tc.in, tc.region)
		if err != nil || got != tc.want {
			t.Errorf("Phone(%q, %q) = %q, %v; want %q", tc.in, tc.region, got, err, tc.want)
		}
	}
	for _, in := range []string{
		"", "1", "113", "0912", "09123456789012", "0912ABCDEF", "0912345678 ext 5", "0912345678;ext=5", "+999123456789",
		"0912345678\r\n0912345679", strings.Repeat("0", 41),
	} {
		if got, err := text.Phone(in, "VN"); !errors.Is(err, text.ErrPhone) || got != "" {
			t.Errorf("Phone(%q) = %q, %v", in, got, err)
		}
	}
	if _, err := text.Phone("0912345678", "XX"); !errors.Is(err, text.ErrPhone) {
		t.Errorf("unknown region: %v", err)
	}
}

func FuzzPhone(f *testing.F) {
	f.Add("0912 345 678", "VN")
	f.Add("+48512345678", "")
	f.Fuzz(func(t *testing.T, in, region string) {
		got, err := text.Phone(in, region)
		if err != nil {
			if !errors.Is(err, text.ErrPhone) {
				t.Fatal(err)
			}
			return
		}
		if !regexp.MustCompile(`^\+[1-9][0-9]{5,16}$`).MatchString(got) {
			t.Errorf("%q passes as %q", in, got)
		}
	})
}

func TestMask(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"550 5.1.1 <lan@example.org>: user unknown": "550 5.1.1 <[email]>: user unknown",
		"no lan%40example.org":                      "no [email]",
		`"l n"@example.org refused`:                 "[email] refused",
		"lan＠example.org":                           "[email]",
		"l\u200ban@exam\u200bple.org x":             "[email] x",
		"to +84 (912) 345-678 failed":               "to [phone] failed",
		"to 0912.345.678,\r\nlater":                 "to [phone], later",
		"id 0cf4b1925004179e4014e9af63c76f56 x":     "id [token] x",
		"t/GHMUZgoxMrHp4q5WpvohrQ":                  "t/[token]",
		"451 4.7.1 try again in 300 seconds":        "451 4.7.1 try again in 300 seconds",
		"a-rather-long-hyphenated-word":             "a-rather-long-hyphenated-word",
	} {
		if got := text.Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add("550 <", ">")
	f.Fuzz(func(t *testing.T, before, after string) {
		got := text.Mask(before + " lan.nguyen@example.org +84912345678 GHMUZgoxMrHp4q5WpvohrQ " + after)
		for _, hidden := range []string{"lan.nguyen@", "912345678", "GHMUZgoxMrHp4q5WpvohrQ"} {
			if strings.Contains(got, hidden) && !strings.Contains(text.Clean(before+after), hidden) {
				t.Errorf("%q shows %q", got, hidden)
			}
		}
	})
}
