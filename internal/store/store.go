package store

import (
	"context"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// Set is one open store, port by port.
type Set struct {
	Audit         audit.Store
	Units         unit.Store
	Accounts      account.Store
	Credentials   account.Credentials
	Sessions      account.Sessions
	Contacts      contact.Store
	Residents     resident.Store
	Texts         resident.Texts
	Events        event.Store
	Rules         reminder.Store
	Registrations registration.Store
	Rolls         registration.Rolls
	Forms         registration.Forms
	Attendance    attendance.Store
	Surveys       survey.Store
	Boxes         survey.Box
	Emulation     emulation.Store
	Cards         emulation.Cards
	Ledger        notifications.Ledger
	Reports       notifications.Report
	Paper         paper.Rows
	Sheets        paper.Sheets
	Holds         notifications.Holds
	Leases        scheduler.Leases
	Jobs          scheduler.Jobs
	Settings      Settings
	Health        Health
}

// Settings keeps a few values of the database itself: the check value of the
// secret, the number of parts, the lowest version that may open it, where it
// was made.
type Settings interface {
	// Setting returns "" where the key is absent.
	Setting(ctx context.Context, key string) (string, error)
	// SetSetting writes the value where the stored one is as seen ("" for
	// absent), and reports whether it did.
	SetSetting(ctx context.Context, key, seen, value string) (bool, error)
}

// Inspection is how a database is.
type Inspection struct {
	Engine string
	// Schema is the version that the database has, Wants the program's.
	Schema, Wants int
	// Read says that the whole database was read: that is for an embedded one.
	Read bool
	// Problems are what is damaged, in the engine's words.
	Problems []string
	// MissingIndexes are those that the program makes and that are not there.
	MissingIndexes []string
	// ServerTime is a database server's clock, zero where there is none.
	ServerTime time.Time
}

// Health tells how the store is.
type Health interface {
	// Ping does one cheap read and one cheap durable write.
	Ping(ctx context.Context) error
	// Identity names the physical database (a file's inode, a collection's
	// UUID), so that a copied one is noticed.
	Identity(ctx context.Context) (string, error)
	// Inspect looks at the whole database, for whoever asks whether all is well;
	// it may take minutes and changes nothing.
	Inspect(ctx context.Context) (Inspection, error)
	// Close waits for what is being written and closes.
	Close() error
}
