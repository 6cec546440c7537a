package app

import (
	"errors"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
)

// remedies have the texts of what whoever starts the program can do about faults
// that a visitor of its pages can only wait out.
var remedies = map[string]string{
	"store_away":       "remedy.store_away",
	"store.broken":     "remedy.store_broken",
	"secret.file_mode": "remedy.secret_mode",
	"secret.too_short": "remedy.secret_short",
	"account.no_post":  "remedy.no_post",
}

// Say is an error as the command line prints it: a fault within it speaks in
// English words instead of its codes.
func Say(err error) string { return SayIn("en", err) }

// SayIn is Say in another language, for faults alone: what else is wrong with a
// command is said in English.
func SayIn(lang string, err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err.Error()
	}
	texts, broken := i18n.Open()
	if broken != nil {
		return err.Error()
	}
	p := texts.For(lang)
	id, ok := remedies[f.Code]
	words := p.Text(id, nil)
	switch {
	case ok:
	case len(f.Fields) > 0:
		words = fieldWords(p, f.Fields)
	case f.Kind == fault.Internal:
		return err.Error() // its code is all that is known
	default:
		words = p.Fault(f)
	}
	return strings.Replace(err.Error(), f.Error(), words, 1)
}

// remedy is what to do about an error in one text, without what was being done;
// ok is whether there is such a text.
func remedy(p *i18n.Printer, err error) (words string, ok bool) {
	switch {
	case errors.Is(err, ErrOtherSecret):
		return p.Text("remedy.secret_other", nil), true
	case errors.Is(err, ErrSecretGone):
		return p.Text("remedy.secret_gone", nil), true
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return "", false
	}
	id, ok := remedies[f.Code]
	return p.Text(id, nil), ok
}

// fieldWords has one line for each refused input.
func fieldWords(p *i18n.Printer, fields []fault.Field) string {
	lines := make([]string, len(fields))
	for i, in := range fields {
		lines[i] = in.Name + ": " + p.Field(in)
	}
	return strings.Join(lines, "\n")
}
