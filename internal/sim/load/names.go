package load

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

const nameBytes = 8

// names are 64-bit numbers that may come more than once. They lie in a file
// until they are asked for: the memory that is measured is the program's.
type names struct {
	file *os.File
	out  *bufio.Writer
}

func newNames() (*names, error) {
	f, err := os.CreateTemp("", "sunday-names-")
	if err != nil {
		return nil, fmt.Errorf("names cannot be kept: %w", err)
	}
	return &names{file: f, out: bufio.NewWriter(f)}, nil
}

func (n *names) add(name uint64) error {
	var b [nameBytes]byte
	binary.NativeEndian.PutUint64(b[:], name)
	_, err := n.out.Write(b[:])
	return err
}

// twice is how many of the names had come before.
func (n *names) twice() (int, error) {
	if err := n.out.Flush(); err != nil {
		return 0, err
	}
	size, err := n.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, err
	}
	in := bufio.NewReader(io.NewSectionReader(n.file, 0, size))
	all := make([]uint64, size/nameBytes)
	if err := binary.Read(in, binary.NativeEndian, all); err != nil {
		return 0, err
	}
	slices.Sort(all)
	return len(all) - len(slices.Compact(all)), nil
}

// forget takes all names out.
func (n *names) forget() error {
	n.out.Reset(n.file)
	_, err := n.file.Seek(0, io.SeekStart)
	return errors.Join(err, n.file.Truncate(0))
}

func (n *names) close() error { return errors.Join(n.file.Close(), os.Remove(n.file.Name())) }
