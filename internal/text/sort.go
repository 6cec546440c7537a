package text

import (
	"bytes"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// collators are pooled, since one is dear to make and not safe for two at once.
// collating is a collator and the room that it makes keys in, 4 KiB of it.
type collating struct {
	*collate.Collator
	room collate.Buffer
}

var collators = sync.Pool{New: func() any { return &collating{Collator: collate.New(language.Vietnamese)} }}

// SortKey gives bytes that sort, compared bytewise, as Vietnamese dictionaries
// order s (d before đ, tones after letters). A store keeps them beside the
// text, as its own collation is never used.
func SortKey(s string) []byte {
	c := collators.Get().(*collating)
	defer collators.Put(c)
	c.room.Reset()
	return bytes.Clone(c.KeyFromString(&c.room, Clean(s)))
}
