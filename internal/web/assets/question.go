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

// Unshown says why nothing is shown of a survey's answers, "" where something is.
// While it is open not even their number is known to anybody: seen twice, it would
// tell of the answer in between.
func Unshown(t *i18n.Printer, r survey.Results) string {
	var words string
	switch {
	case r.State != survey.Closed:
		words = "survey.not_closed"
	case !r.Shown:
		words = "survey.too_few"
	default:
		return ""
	}
	return t.Text(words, map[string]any{"min": survey.MinShown})
}
