package app

import (
	"errors"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
)

// remedies are what whoever starts the program can do about faults that a
// visitor of its pages can only wait out.
var remedies = map[string]string{
	"store_away":       "it cannot be reached or written; see that it is there, that this program may write it, and that the disk has room",
	"store.broken":     "it is damaged, or no database of this program; put a copy back, or name another folder in SUNDAY_DATA",
	"secret.file_mode": "its file has to be readable by its owner alone (chmod 600)",
	"secret.too_short": "it has less than 32 characters; put back the one that the database was made with",
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
	words, ok := remedies[f.Code]
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

// fieldWords has one line for each refused input.
func fieldWords(p *i18n.Printer, fields []fault.Field) string {
	lines := make([]string, len(fields))
	for i, in := range fields {
		lines[i] = in.Name + ": " + p.Field(in)
	}
	return strings.Join(lines, "\n")
}
