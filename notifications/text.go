package notifications

import (
	"io"
	"strings"
)

// Text is a part of a message as pieces in their order, nil for none: in turns
// words that many messages may have in common, and what is this message's own.
// Words are the same bytes for all of them, so nobody changes a piece: what waits
// to be handed over holds no more than its own, and a channel knows what it has
// encoded before. A line break is never parted.
type Text [][]byte

// TextOf is a text of one piece.
func TextOf(s string) Text {
	if s == "" {
		return nil
	}
	return Text{[]byte(s)}
}

var _ io.WriterTo = Text(nil)

// WriteTo implements io.WriterTo.
func (t Text) WriteTo(w io.Writer) (n int64, err error) {
	for _, piece := range t {
		wrote, err := w.Write(piece)
		n += int64(wrote)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (t Text) String() string {
	var b strings.Builder
	_, _ = t.WriteTo(&b) // a builder takes everything
	return b.String()
}
