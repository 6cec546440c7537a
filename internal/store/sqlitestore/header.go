package sqlitestore

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// partMark stands in the name of a copy that is being written.
const partMark = ".part-"

// IsPart reports whether a file of the name is a copy that is being written, or was
// when its process died.
func IsPart(name string) bool { return strings.Contains(name, partMark) }

// magic begins every database of SQLite, whose header has headerBytes.
const (
	magic       = "SQLite format 3\x00"
	headerBytes = 100
)

// SizeSaid reports whether a file that begins so is a database of SQLite, and gives
// of how many bytes its header says that it is, 0 where it says nothing that counts
// (https://www.sqlite.org/fileformat2.html#the_database_header).
func SizeSaid(head []byte) (size int64, ok bool) {
	if !bytes.HasPrefix(head, []byte(magic)) || len(head) < headerBytes {
		return 0, false
	}
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 65536
	}
	changed, pages, counted := head[24:28], binary.BigEndian.Uint32(head[28:]), head[92:96]
	if !bytes.Equal(changed, counted) {
		return 0, true
	}
	return page * int64(pages), true
}
