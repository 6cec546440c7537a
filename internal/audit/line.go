package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"strconv"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

const saltBytes = 16

// newLine makes the line of an entry that came from a document's outbox. Its id
// depends on the entry alone, so that a relay that runs twice inserts once; the
// salt of the first insert stays.
func newLine(e record.Entry, ids id.Source) Line {
	return Line{
		ID:    id.Hash(e.Thing, strconv.FormatInt(e.Ver, 10), strconv.Itoa(e.N)),
		Entry: e,
		Salt:  hex.EncodeToString(ids.Nonce(saltBytes)),
	}
}

// LineHash is the salted hex SHA-256 of a line: of everything in it but the
// block, which is not known yet when it is hashed. Each part is preceded by its
// length.
func LineHash(l Line) string {
	h := sha256.New()
	put(h, "line/1", l.Salt, l.ID, l.Unit, l.Thing, strconv.FormatInt(l.Ver, 10),
		strconv.Itoa(l.N), l.Actor, l.Act, strconv.FormatInt(l.At, 10))
	put(h, l.Fields...)
	return hex.EncodeToString(h.Sum(nil))
}

// BlockHash is the hex SHA-256 of a block: unit, seq, prev, at and its lines.
func BlockHash(b Block) string {
	h := sha256.New()
	put(h, "block/1", b.Unit, strconv.FormatInt(b.Seq, 10), b.Prev, strconv.FormatInt(b.At, 10))
	for _, l := range b.Lines {
		put(h, l.Line, l.Hash)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func blockID(unit string, seq int64) string {
	return id.Hash("block", unit, strconv.FormatInt(seq, 10))
}

func put(h hash.Hash, parts ...string) {
	var b []byte
	for _, p := range parts {
		b = binary.BigEndian.AppendUint64(b, uint64(len(p)))
		b = append(b, p...)
	}
	h.Write(b)
}
