package table

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// maxDirectory bounds the list of a workbook's parts: some thousand.
const maxDirectory = 1 << 20

const (
	endBytes   = 22      // of the record that ends a zip file, without its comment
	maxComment = 1 << 16 // of that record
)

// openZip opens a zip file after a look at its list of parts: the library reads
// all of it, however long it is.
func openZip(file io.ReaderAt, size int64) (*zip.Reader, error) {
	tail := make([]byte, min(size, endBytes+maxComment))
	from := size - int64(len(tail))
	if _, err := file.ReadAt(tail, from); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < endBytes {
		return nil, ErrDamaged
	}
	listed := int64(binary.LittleEndian.Uint32(tail[at+12:]))
	begins := int64(binary.LittleEndian.Uint32(tail[at+16:]))
	if listed > maxDirectory {
		return nil, ErrTooLarge.With("mb", maxDirectory>>20)
	}
	if begins+listed != from+int64(at) {
		return nil, ErrDamaged
	}
	z, err := zip.NewReader(file, size)
	if err != nil {
		return nil, ErrDamaged.Because(err)
	}
	return z, nil
}

// parts opens the parts of a workbook, and counts what is unzipped of them all.
type parts struct {
	zip  *zip.Reader
	left int64 // bytes that may still be unzipped
	most int64
}

// open gives a part's bytes, or nil where there is none of the name.
func (p *parts) open(name string) (io.ReadCloser, error) {
	for _, f := range p.zip.File {
		if f.Name != name {
			continue
		}
		if f.UncompressedSize64 > uint64(max(p.left, 0)) {
			return nil, ErrTooLarge.With("mb", p.most>>20)
		}
		body, err := f.Open()
		if err != nil {
			return nil, ErrDamaged.Because(err)
		}
		return &part{parts: p, ReadCloser: body}, nil
	}
	return nil, nil
}

// part is one open part. What its zip entry says of its length is not believed.
type part struct {
	*parts
	io.ReadCloser
	sinceTag int
	last     byte
}

// longestRun bounds what stands between two tags, which the XML reader keeps
// in memory as a whole.
const longestRun = 1 << 20

func (p *part) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	if p.left -= int64(n); p.left < 0 {
		return 0, ErrTooLarge.With("mb", p.most>>20)
	}
	for _, c := range b[:n] {
		// Comments, CDATA and declarations have no place in a table's parts, and
		// could hide any length.
		if p.last == '<' && c == '!' {
			return 0, ErrDamaged
		}
		if p.sinceTag++; c == '<' || c == '>' {
			p.sinceTag = 0
		}
		if p.sinceTag > longestRun {
			return 0, ErrTooLarge.With("mb", longestRun>>20)
		}
		p.last = c
	}
	return n, err
}
