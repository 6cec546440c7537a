package app

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/journal"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

// Replayed counts what a replay of journals did.
type Replayed struct {
	// Lines were read, Things are contacts and residents among them.
	Lines  int `json:"lines"`
	Things int `json:"things"`
	// Refused refuse again, Erased were erased again; Known did so already.
	Refused int `json:"refused"`
	Erased  int `json:"erased"`
	Known   int `json:"known"`
	// Absent residents are not in the restored database: they came after the backup.
	Absent int `json:"absent"`
}

// ErrJournal says that a journal cannot be replayed.
var ErrJournal = errors.New("the journal cannot be replayed")

// replay has the store refuse again what stands in the journals: of each thing
// its newest line, which is all that it refused then.
func (a *App) replay(ctx context.Context, paths []string) (Replayed, error) {
	if a.refusals != nil {
		a.refusals.replay(true)
		defer a.refusals.replay(false)
	}
	var done Replayed
	newest := map[[16]byte]int64{}
	err := eachLine(paths, func(l journal.Line) error {
		done.Lines++
		key := thingKey(l.Thing)
		newest[key] = max(newest[key], l.At)
		return nil
	})
	if err != nil {
		return done, err
	}
	err = eachLine(paths, func(l journal.Line) error {
		key := thingKey(l.Thing)
		if at, left := newest[key]; !left || l.At != at {
			return nil
		}
		return a.replayLine(ctx, l, &done)
	})
	done.Things = len(newest)
	return done, err
}

func thingKey(thing string) [16]byte {
	sum := sha256.Sum256([]byte(thing))
	return [16]byte(sum[:16])
}

func eachLine(paths []string, each func(journal.Line) error) error {
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrJournal, err)
		}
		err = journal.Read(f, each)
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrJournal, path, err)
		}
	}
	return nil
}

func (a *App) replayLine(ctx context.Context, l journal.Line, done *Replayed) error {
	act := actor.System("journal")
	kind, _, _ := strings.Cut(l.Thing, ":")
	var did bool
	var err error
	count := &done.Refused
	switch kind {
	case aContact:
		var r contact.Refusal
		if err = json.Unmarshal(l.State, &r); err == nil {
			did, err = a.Services.Contacts.Refuse(ctx, act, r)
		}
	case aResident:
		var r resident.Refusal
		if err = json.Unmarshal(l.State, &r); err == nil {
			did, err = a.Services.Residents.Refuse(ctx, act, r)
		}
		if r.ErasedAt != 0 {
			count = &done.Erased
		}
	default:
		err = fmt.Errorf("%w: line %d is of a kind that this program does not know", ErrJournal, l.N)
	}
	switch {
	case errors.Is(err, record.ErrAbsent):
		done.Absent++
		return nil
	case err != nil:
		return err
	case !did:
		count = &done.Known
	}
	*count++
	return nil
}
