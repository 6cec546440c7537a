package resident

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

//go:embed texts.json
var textsFile []byte

// ErrText: no such consent text, or one of another purpose.
var ErrText = fault.New(fault.Invalid, "resident.consent_text")

// ErrSource: nobody knows how the consent was given.
var ErrSource = fault.New(fault.Invalid, "resident.consent_source")

const defaultLocale = "vi"

// shelf is the texts that the program brings along.
type shelf struct {
	all  []ConsentText
	byID map[string]ConsentText
	// newest is by purpose and locale.
	newest map[[2]string]ConsentText
}

// built reads the embedded file once: it is part of the program, and a test
// holds that it is whole.
var built = sync.OnceValues(func() (shelf, error) {
	s := shelf{byID: map[string]ConsentText{}, newest: map[[2]string]ConsentText{}}
	if err := json.Unmarshal(textsFile, &s.all); err != nil {
		return s, err
	}
	for i := range s.all {
		t := &s.all[i]
		t.ID = TextID(t.Purpose, t.Locale, t.Version, t.Words)
		s.byID[t.ID] = *t
		key := [2]string{string(t.Purpose), t.Locale}
		if t.Version > s.newest[key].Version {
			s.newest[key] = *t
		}
	}
	return s, nil
})

// TextID is the id of a consent text: a hash of all of it, so that a text
// cannot change under its id.
func TextID(p Purpose, locale string, version int, words string) string {
	return id.Hash("consent_text", string(p), locale, strconv.Itoa(version), words)
}

// TextFor gives the newest text of a purpose in the locale or, where there is
// none, in its language, else in Vietnamese. An unknown purpose is ErrText.
func TextFor(p Purpose, locale string) (ConsentText, error) {
	s, err := built()
	if err != nil {
		return ConsentText{}, err
	}
	language, _, _ := strings.Cut(locale, "-")
	for _, l := range []string{locale, language, defaultLocale} {
		if t, ok := s.newest[[2]string{string(p), l}]; ok {
			return t, nil
		}
	}
	return ConsentText{}, ErrText
}

// TextOf gives the text of a purpose in exactly that locale and version, which
// somebody agreed to elsewhere, or ErrText.
func TextOf(p Purpose, locale string, version int) (ConsentText, error) {
	s, err := built()
	if err != nil {
		return ConsentText{}, err
	}
	for _, t := range s.all {
		if t.Purpose == p && t.Locale == locale && t.Version == version {
			return t, nil
		}
	}
	return ConsentText{}, ErrText
}

// EnsureTexts puts the texts that the program brings along into the store, at
// start. Those that are there stay as they are.
func (s *Service) EnsureTexts(ctx context.Context) error {
	shelf, err := built()
	if err != nil {
		return err
	}
	for _, t := range shelf.all {
		if err := s.p.Texts.PutText(ctx, t); err != nil && !errors.Is(err, record.ErrExists) {
			return err
		}
	}
	return nil
}

// checkText is ErrText unless the id is that of a text of the purpose.
func (s *Service) checkText(ctx context.Context, p Purpose, text string) error {
	shelf, err := built()
	if err != nil {
		return err
	}
	t, ok := shelf.byID[text]
	if !ok {
		t, err = s.p.Texts.Text(ctx, text)
		if errors.Is(err, record.ErrAbsent) {
			return ErrText
		}
		if err != nil {
			return err
		}
	}
	if t.Purpose != p {
		return ErrText
	}
	return nil
}
