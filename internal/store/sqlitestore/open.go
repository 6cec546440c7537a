package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"os"
	"sync"

	// The driver, registered as "sqlite".
	_ "modernc.org/sqlite"

	"github.com/sunday-with-the-people/sunday/internal/store"
)

// Store is one open database file.
type Store struct {
	options Options
	writer  *writer
	writeDB *sql.DB
	// writeConn is the writer's; writeDB does not close what is in use.
	writeConn *sql.Conn
	own       *session // the writer's, of writeConn
	readDB    *sql.DB
	stmts     sync.Map // text -> *sql.Stmt of readDB
	updates   *keyLocks
}

// Open opens the file, brings its tables up to date and starts the writer.
// It fails with ErrNewer where only a newer program may open the file, with
// record.ErrAway where the file cannot be reached or written.
func Open(ctx context.Context, o Options) (*Store, error) {
	o = o.withDefaults()
	s := &Store{options: o, updates: newKeyLocks()}
	if err := s.open(ctx); err != nil {
		_ = s.closeFiles() // what went wrong first is said
		return nil, translate(err)
	}
	return s, nil
}

// Set gives the ports of the store.
func (s *Store) Set() *store.Set {
	return &store.Set{
		Audit:         newAuditStore(s),
		Units:         newUnitStore(s),
		Accounts:      newAccountStore(s),
		Credentials:   newCredentialStore(s),
		Sessions:      newSessionStore(s),
		Contacts:      newContactStore(s),
		Residents:     newResidentStore(s),
		Texts:         textStore{s},
		Events:        newEventStore(s),
		Rules:         newRuleStore(s),
		Registrations: newRegistrationStore(s),
		Rolls:         newRollStore(s),
		Forms:         newFormStore(s),
		Attendance:    newAttendanceStore(s),
		Surveys:       newSurveyStore(s),
		Boxes:         boxStore{s},
		Emulation:     newEmulationStore(s),
		Cards:         newCardStore(s),
		Ledger:        newLedger(s),
		Reports:       reportStore{s},
		Paper:         paperRows{newLedger(s)},
		Sheets:        sheetStore{s},
		Holds:         holdStore{s},
		Leases:        leaseStore{s},
		Jobs:          jobStore{s},
		Settings:      settingStore{s},
		Health:        healthStore{s},
	}
}

// Close waits for what is queued to be written, and closes the file. What
// comes later is refused with record.ErrAway.
func (s *Store) Close() error {
	s.writer.stop()
	return translate(s.closeFiles())
}

func (s *Store) open(ctx context.Context) error {
	if err := touch(s.options.Path); err != nil {
		return err
	}
	writerDSN, err := s.options.writerDSN()
	if err != nil {
		return err
	}
	readerDSN, err := s.options.readerDSN()
	if err != nil {
		return err
	}

	if s.writeDB, err = sql.Open(s.options.Driver, writerDSN); err != nil {
		return err
	}
	s.writeDB.SetMaxOpenConns(1)
	if s.writeConn, err = s.writeDB.Conn(ctx); err != nil {
		return err
	}
	s.own = newSession(s.writeConn, s.options.Trace)
	if err := startWAL(ctx, s.own); err != nil {
		return err
	}
	if err := migrate(s.own); err != nil {
		return err
	}

	if s.readDB, err = sql.Open(s.options.Driver, readerDSN); err != nil {
		return err
	}
	s.readDB.SetMaxOpenConns(readers)
	s.readDB.SetMaxIdleConns(readers)
	s.readDB.SetConnMaxIdleTime(readerRest)
	s.writer = startWriter(s.own, s.readDB, s.options.Sync, s.options.Log)
	if err := s.enteredForPeople(ctx); err != nil { // what a process left that was killed
		s.writer.stop()
		return err
	}
	return nil
}

// closeFiles closes what was opened; the writer's connection last, since the
// last one empties the log into the file.
func (s *Store) closeFiles() error {
	var errs []error
	s.stmts.Range(func(_, stmt any) bool {
		errs = append(errs, stmt.(*sql.Stmt).Close())
		return true
	})
	if s.own != nil {
		errs = append(errs, s.own.close())
	}
	if s.readDB != nil {
		errs = append(errs, s.readDB.Close())
	}
	if s.writeConn != nil {
		if err := s.writeConn.Close(); !errors.Is(err, sql.ErrConnDone) {
			errs = append(errs, err)
		}
	}
	if s.writeDB != nil {
		errs = append(errs, s.writeDB.Close())
	}
	return errors.Join(errs...)
}

// nonce names one update.
func (s *Store) nonce() string { return hex.EncodeToString(s.options.IDs.Nonce(8)) }

// touch makes the file for its owner alone, before SQLite makes it for others
// too; its side files follow its mode.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}
