package assets

import (
	"cmp"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/survey"
)

// Question is what an item of a survey asks, in the language if it has one for it.
func Question(t *i18n.Printer, item survey.Item) string {
	if item.Key != "" {
		return t.Text("survey.item."+item.Key, nil)
	}
	return cmp.Or(item.Words[t.Lang()], item.Words[i18n.Default])
}
