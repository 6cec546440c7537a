package event

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode"

	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// A short code stands on posters, to be typed on a phone: 7 signs, large or
// small alike. No two of them are taken for each other (0 and O, 1 and I, 2 and
// Z, 5 and S, 6 and G, 8 and B, U and V), and without vowels they make no word.
const (
	shortSigns  = "CDFHJKMNPRTWXY3479"
	shortLength = 7
	// shortTries is how many codes are looked at until one is free: of 600
	// million a nation's events of ten years take one in 300.
	shortTries = 20
)

// ShortCode gives the code that somebody typed, in its one form; "" for what
// can be none. Blanks and dashes may stand anywhere.
func ShortCode(typed string) string {
	if len(typed) > 8*shortLength {
		return ""
	}
	code := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '.' {
			return -1
		}
		return unicode.ToUpper(r)
	}, typed)
	if len(code) != shortLength || strings.Trim(code, shortSigns) != "" {
		return ""
	}
	return code
}

// ByShort gives the public event of a code as somebody typed it, to anybody;
// record.ErrAbsent if there is none.
func (s *Service) ByShort(ctx context.Context, typed string) (Event, error) {
	code := ShortCode(typed)
	if code == "" {
		return Event{}, record.ErrAbsent
	}
	found, err := s.p.Events.Page(ctx, Filter{Short: code}, page.Request{Limit: 1})
	if err != nil {
		return Event{}, err
	}
	if len(found.Items) == 0 || !found.Items[0].Public() {
		return Event{}, record.ErrAbsent
	}
	return found.Items[0], nil
}

// short finds a code for an event. It follows from the event's id, so that a
// creation that is sent again meets its own.
func (s *Service) short(ctx context.Context, id string) (string, error) {
	for try := range shortTries {
		code := shortOf(id, try)
		found, err := s.p.Events.Page(ctx, Filter{Short: code}, page.Request{Limit: 1})
		if err != nil {
			return "", err
		}
		if len(found.Items) == 0 || found.Items[0].ID == id {
			return code, nil
		}
	}
	return "", nil // the event has its long address alone
}

func shortOf(id string, try int) string {
	sum := sha256.Sum256([]byte("event.short\x00" + id + "\x00" + strconv.Itoa(try)))
	n := binary.BigEndian.Uint64(sum[:])
	code := make([]byte, shortLength)
	for i := range code {
		code[i] = shortSigns[n%uint64(len(shortSigns))]
		n /= uint64(len(shortSigns))
	}
	return string(code)
}
