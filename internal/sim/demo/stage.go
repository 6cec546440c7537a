package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/sim/gate"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
)

const (
	databaseName = "sunday.db"
	// stagePattern names the folders of stages in the data folder: whatever is
	// left of one was left by a process that was killed.
	stagePattern = "making-*"
)

// stage is a program of its own on a database, a clock and a mail server of its
// own. On it the past is lived by the real services and the real worker, while
// the program that people look at has today's time and knows nothing of it.
type stage struct {
	app     *app.App
	clock   *app.HandClock
	catcher *mailcatch.Catcher
	dir     string

	// seen is how many mails were read, confirms the links that they had to
	// confirm with, codes the surveys' by event.
	seen     int
	confirms []string
	codes    map[string][]string
}

// stageIDs draws ids and nonces from streams of their own: the store takes
// nonces as often as it tries.
type stageIDs struct{ made, nonces id.Source }

var _ id.Source = stageIDs{}

func (i stageIDs) New(ms int64) string { return i.made.New(ms) }
func (i stageIDs) Nonce(n int) []byte  { return i.nonces.Nonce(n) }

// openStage opens a stage on a copy of the base, at the instant, whose store
// stands back behind the way.
func (b *base) openStage(ctx context.Context, w *way, seed uint64, at time.Time) (_ *stage, err error) {
	s := &stage{clock: app.NewHandClock(at), codes: map[string][]string{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.dir, err = os.MkdirTemp(b.dir, stagePattern); err != nil {
		return nil, fmt.Errorf("make a folder for the sample: %w", err)
	}
	if err := copyFile(b.file(), filepath.Join(s.dir, databaseName)); err != nil {
		return nil, err
	}
	if s.catcher, err = mailcatch.Start(); err != nil {
		return nil, err
	}
	c, err := config.Load([]string{"SUNDAY_DATA=" + s.dir, "SUNDAY_SECRET=" + b.secret, "SUNDAY_BASE_URL=" + b.url})
	if err != nil {
		return nil, err
	}
	c.SMTP.Connections = 1 // one after another, so that the same seed has the same mails
	s.app, err = app.Open(ctx, app.Options{
		Config: c, Clock: s.clock.Clock(), Catcher: s.catcher, SyncOff: true,
		IDs:  stageIDs{id.Seeded(2*seed + 1), id.Seeded(2 * seed)},
		Wrap: func(set store.Set) store.Set { return gate.Wrap(set, w) },
	})
	return s, err
}

// end closes the program, so that its file can be carried over.
func (s *stage) end() error {
	if s.app == nil {
		return nil
	}
	a := s.app
	s.app = nil
	return a.Close()
}

// close ends the stage and removes its folder.
func (s *stage) close() error {
	err := s.end()
	if s.catcher != nil {
		err = errors.Join(err, s.catcher.Close())
	}
	if s.dir != "" {
		err = errors.Join(err, os.RemoveAll(s.dir))
	}
	return err
}

func (s *stage) database() string { return filepath.Join(s.dir, databaseName) }

// settle steps the worker until nothing more goes out. What follows from what a
// step did is done a minute later, on a clock that has to move for it.
func (s *stage) settle(ctx context.Context) error {
	for n := range settleMost {
		did, err := s.app.Step(ctx)
		if err != nil {
			return err
		}
		s.clock.Set(s.clock.Now().Add(time.Minute))
		if n > 0 && did.Sent == 0 {
			break
		}
	}
	s.read()
	return nil
}

// settleMost bounds the steps of one moment, and with them how long it takes.
const settleMost = 6

var (
	confirmLink = regexp.MustCompile(outreach.ConfirmPath + `([A-Za-z0-9_-]+)`)
	ownLink     = regexp.MustCompile(outreach.OwnPath + `([A-Za-z0-9_-]+)`)
	surveyLink  = regexp.MustCompile(outreach.SurveyPath + `([0-9a-f-]+)/([A-Za-z0-9_-]+)`)
)

// read takes the links from the mails that came.
func (s *stage) read() {
	for _, m := range s.catcher.Mails() {
		if m.Number <= s.seen {
			continue
		}
		s.seen = m.Number
		if link := confirmLink.FindStringSubmatch(m.Text); link != nil {
			s.confirms = append(s.confirms, link[1])
		}
		if link := surveyLink.FindStringSubmatch(m.Text); link != nil {
			s.codes[link[1]] = append(s.codes[link[1]], link[2])
		}
	}
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o600) //nolint:gosec // into a folder that was made for it
}
