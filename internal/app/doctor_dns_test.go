package app_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

func TestJudgeTXT(t *testing.T) {
	t.Parallel()
	words := mustTexts(t, "en")
	for _, tt := range []struct {
		check string
		texts []string
		want  app.Verdict
		says  string
	}{
		{"SPF", nil, app.Bad, "no such record"},
		{"SPF", []string{"google-site-verification=x", "V=SPF1  mx  -ALL"}, app.Fine, "one record"},
		{"SPF", []string{"v=spf1 redirect=_spf.example.org"}, app.Fine, "one record"},
		{"SPF", []string{"v=spf1 mx +all"}, app.Bad, "anybody"},
		{"SPF", []string{"v=spf1 all"}, app.Bad, "anybody"},
		{"SPF", []string{"v=spf1 mx"}, app.Look, "neither -all nor ~all"},
		{"SPF", []string{"v=spf1 mx ?all"}, app.Look, "neither -all nor ~all"},
		{"SPF", []string{"v=spf10 mx -all", "x v=spf1 -all"}, app.Bad, "no such record"},
		{"SPF", []string{"v=spf1 -all", "v=spf1 mx -all"}, app.Bad, "2 such records"},
		{"DMARC", []string{"v=DMARC1; p=quarantine; rua=mailto:a@example.org"}, app.Fine, "policy"},
		{"DMARC", []string{" v = DMARC1 ;p=REJECT;"}, app.Fine, "policy"},
		{"DMARC", []string{"v=DMARC1; p=none"}, app.Look, "let through"},
		{"DMARC", []string{"v=DMARC1; rua=mailto:a@example.org"}, app.Bad, "no policy"},
		{"DMARC", []string{"v=DMARC1; p=reject; p=none"}, app.Bad, "not well formed"},
		{"DMARC", []string{"p=reject; v=DMARC1"}, app.Bad, "no such record"},
		{"DKIM", []string{"v=DKIM1; k=rsa; p=MIGf MA0G"}, app.Fine, "a key"},
		{"DKIM", []string{"p=MIGf"}, app.Fine, "a key"},
		{"DKIM", []string{"v=DKIM1; t=s:y; p=MIGf"}, app.Look, "a test"},
		{"DKIM", []string{"v=DKIM1; p="}, app.Bad, "revoked"},
		{"DKIM", []string{"v=DKIM1; p=not base64!"}, app.Bad, "cannot be read"},
		{"DKIM", []string{"v=DKIM2; p=MIGf", "v=spf1 -all"}, app.Bad, "no such record"},
		{"DKIM", []string{"p=MIGf", "p=MIGe"}, app.Bad, "2 such records"},
	} {
		if v, says := app.JudgeTXT(words, tt.check, tt.texts); v != tt.want || !strings.Contains(says, tt.says) {
			t.Errorf("%s %q: %s, %q, want %s, %q", tt.check, tt.texts, v, says, tt.want, tt.says)
		}
	}
}

// FuzzJudgeTXT: whatever somebody published, it is one of the verdicts; well is
// only what says so, once, and nothing of it is repeated.
func FuzzJudgeTXT(f *testing.F) {
	words := mustTexts(f, "en")
	checks := []string{"SPF", "DMARC", "DKIM"}
	for i, seed := range []string{
		"v=spf1 mx -all", "v=DMARC1; p=reject", "v=DKIM1; p=MIGf", "v=spf1 all", " v = DMARC1 ; p = none;;", "p=;p=", "=;=", "v=spf1\x00-all", "v=DMARC1;p=\u00a0reject",
	} {
		f.Add(uint(i), seed)
	}
	wants := map[string]string{"SPF": "v=spf1", "DMARC": "DMARC1", "DKIM": "p="}
	f.Fuzz(func(t *testing.T, which uint, text string) {
		check := checks[which%3]
		v, says := app.JudgeTXT(words, check, []string{text})
		if says == "" || !slices.Contains([]app.Verdict{app.Fine, app.Look, app.Bad}, v) {
			t.Errorf("%s %q: %q, %q", check, text, v, says)
		}
		flat := strings.Join(strings.Fields(text), "")
		if check == "SPF" {
			flat = strings.ToLower(flat)
		}
		if v != app.Bad && !strings.Contains(flat, wants[check]) {
			t.Errorf("%s %q is %s", check, text, v)
		}
		if beside, _ := app.JudgeTXT(words, check, []string{"other", text}); beside != v {
			t.Errorf("%s %q is %s alone and %s beside another", check, text, v, beside)
		}
		if twice, _ := app.JudgeTXT(words, check, []string{text, text}); twice != app.Bad {
			t.Errorf("%s %q twice is %s", check, text, twice)
		}
	})
}
