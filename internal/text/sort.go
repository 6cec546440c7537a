package text

import (
	"bytes"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// collators are pooled, since one is dear to make and not safe for two at once.
var collators = sync.Pool{New: func() any { return collate.New(language.Vietnamese) }}

// SortKey gives bytes that sort, compared bytewise, as Vietnamese dictionaries
// order s (d before đ, tones after letters). A store keeps them beside the
// text, as its own collation is never used.
func SortKey(s string) []byte {
	c := collators.Get().(*collate.Collator)
	defer collators.Put(c)
	var buf collate.Buffer
	return bytes.Clone(c.KeyFromString(&buf, Clean(s)))
}
