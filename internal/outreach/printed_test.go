package outreach_test

import (
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
)

// What a mail says can be said aloud, in every language; a request to confirm
// the address, a link that was asked for and a survey go by mail alone.
func TestCalls_EveryWordingHasOne(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Open()
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, lang := range texts.Languages() {
		pr := texts.For(lang)
		for _, id := range pr.IDs() {
			mail, isSubject := strings.CutSuffix(id, ".subject")
			kind, isMail := strings.CutPrefix(mail, "mail.")
			if !isSubject || !isMail || kind == "pending" || kind == "again" || kind == "survey" || strings.HasPrefix(kind, "household.") {
				continue
			}
			if _, err := pr.Lookup("call." + kind); err != nil {
				t.Error(err)
			}
			said++
		}
	}
	if said == 0 {
		t.Error("no wording found")
	}
}
