package main

import (
	"fmt"
	"slices"
)

// saidError is an error that is in words already, in the language asked for.
type saidError struct {
	error
	words string
}

func (e saidError) Error() string { return e.words }
func (e saidError) Unwrap() error { return e.error }

// knownLang refuses a --lang that has no texts.
func knownLang(lang string) error {
	if slices.Contains([]string{"vi", "en", "pl"}, lang) {
		return nil
	}
	return usageError{fmt.Errorf("--lang is vi, en or pl, not %q", lang)}
}
