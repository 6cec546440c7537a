package journal

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// Note is something to append.
type Note struct {
	Thing string
	State json.RawMessage
}

// Journal is an open file that lines are appended to. Several processes of one
// machine may share it.
type Journal struct {
	path string
	now  func() int64

	mu    sync.Mutex
	file  *os.File
	chain chain
	// last is the newest state of things, so that nothing is written twice.
	last map[digest]digest
	// loose says that lines were read or written that may not be on the disk yet.
	loose bool
}

// digest stands for a thing or a state: enough to tell them apart, and little
// for every line of a long journal.
type digest [8]byte

func digestOf[T string | json.RawMessage](v T) digest {
	sum := sha256.Sum256([]byte(v))
	return digest(sum[:8])
}

// Open opens the journal, or makes it, readable by its owner alone. It reads
// all of it first: damage is a *Damage, and nothing is appended then. now gives
// UTC milliseconds.
func Open(path string, now func() int64) (*Journal, error) {
	j := &Journal{path: path, now: now}
	if err := j.open(); err != nil {
		return nil, err
	}
	if err := j.locked(j.catchUp); err != nil {
		return nil, errors.Join(err, j.file.Close())
	}
	return j, nil
}

// open opens the file at the path, or makes it, with nothing read yet.
func (j *Journal) open() error {
	made := false
	f, err := os.OpenFile(j.path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		made = true
		f, err = os.OpenFile(j.path, os.O_RDWR|os.O_CREATE, 0o600)
	}
	if err != nil {
		return err
	}
	if made {
		if err := syncDir(filepath.Dir(j.path)); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	j.file, j.chain, j.last, j.loose = f, chain{}, map[digest]digest{}, false
	return nil
}

// Append writes the notes and returns once they are on the disk. A note whose
// thing stands as it says already is left out. After an error it may be called
// again with the same notes.
func (j *Journal) Append(notes ...Note) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.locked(func() error {
		if err := j.catchUp(); err != nil {
			return err
		}
		next := j.chain
		var text []byte
		var fresh []Note
		for _, n := range notes {
			state, err := json.Marshal(n.State) // in one line, as it is read back
			if err != nil {
				return err
			}
			n.State = state
			if stands, ok := j.last[digestOf(n.Thing)]; ok && stands == digestOf(n.State) {
				continue
			}
			line, err := next.format(j.now(), n.Thing, n.State)
			if err != nil {
				return err
			}
			text = append(text, line...)
			fresh = append(fresh, n)
		}
		return j.write(text, next, fresh)
	})
}

// Stands reports whether a state of the thing is written already.
func (j *Journal) Stands(thing string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, ok := j.last[digestOf(thing)]
	return ok
}

// Close closes the file.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.file.Close()
}

func (j *Journal) write(text []byte, next chain, fresh []Note) error {
	if len(text) > 0 {
		j.loose = true
		if _, err := j.file.WriteAt(text, j.chain.bytes); err != nil {
			return err
		}
		j.chain = next
		for _, n := range fresh {
			j.last[digestOf(n.Thing)] = digestOf(n.State)
		}
	}
	if !j.loose {
		return nil
	}
	err := j.file.Sync()
	j.loose = err != nil
	return err
}

// catchUp reads what others appended, and cuts off a torn end: nobody was told
// that it was kept.
func (j *Journal) catchUp() error {
	info, err := j.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < j.chain.bytes {
		return &Damage{Line: j.chain.n, Why: "the file is shorter than it was"}
	}
	if info.Size() == j.chain.bytes {
		return nil
	}
	rest := io.NewSectionReader(j.file, j.chain.bytes, info.Size()-j.chain.bytes)
	j.loose = true
	err = j.chain.read(rest, func(l Line) error {
		j.last[digestOf(l.Thing)] = digestOf(l.State)
		return nil
	})
	if err != nil {
		return err
	}
	if j.chain.bytes < info.Size() {
		return j.file.Truncate(j.chain.bytes)
	}
	return nil
}

// locked keeps other processes out meanwhile. A file that was put away is let go
// of, and the one at the path is gone on with, or begun.
func (j *Journal) locked(do func() error) error {
	for {
		if err := lock(j.file); err != nil {
			return fmt.Errorf("lock the journal: %w", err)
		}
		there, err := j.there()
		if err != nil || there {
			if err == nil {
				err = do()
			}
			return errors.Join(err, unlock(j.file))
		}
		old := j.file
		if err := errors.Join(unlock(old), j.open()); err != nil {
			return err
		}
		_ = old.Close() // what anybody was told is kept was synced
	}
}

// there reports whether the open file is still the one at the path.
func (j *Journal) there() (bool, error) {
	open, err := j.file.Stat()
	if err != nil {
		return false, err
	}
	at, err := os.Stat(j.path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(open, at), err
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
