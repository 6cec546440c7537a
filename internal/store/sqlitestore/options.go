package sqlitestore

import (
	"log/slog"
	"net/url"
	"path/filepath"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/id"
)

// Options says which file to open, and how. Only Path is required.
type Options struct {
	// Path of the database file, made with mode 0600 if it is absent. Its folder
	// has to be there.
	Path string
	// Sync is SQLite's synchronous: FULL if empty, so that a power cut loses
	// nothing that was acknowledged; OFF for tests.
	Sync string
	// Bulk is for a process that writes much at places far apart, as an import
	// does: it keeps some 18 MB more of pages at hand instead of reading them anew.
	Bulk bool
	// IDs gives the nonces that name updates; id.Random() if nil.
	IDs id.Source
	// Log is told of failed commits, never of values; none if nil.
	Log *slog.Logger
	// Trace is given every statement's text, without its values, before it runs.
	Trace func(sql string)
	// Driver names a registered database/sql driver that wraps modernc.org/sqlite;
	// "sqlite" if empty.
	Driver string
}

// readers is the number of read connections: reads are short, and each
// connection keeps a page cache of its own.
const readers = 4

// readerRest is how long a read connection that is not needed keeps its page
// cache and statements. The last used is used first, so that at rest one stays.
const readerRest = 30 * time.Second

func (o Options) withDefaults() Options {
	if o.Sync == "" {
		o.Sync = "FULL"
	}
	if o.IDs == nil {
		o.IDs = id.Random()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Trace == nil {
		o.Trace = func(string) {}
	}
	if o.Driver == "" {
		o.Driver = "sqlite"
	}
	return o
}

// dsn names the file for a connection with the pragmas that every one has, and
// those given.
func (o Options) dsn(pragmas ...string) (string, error) {
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return "", err
	}
	q := url.Values{"_pragma": append([]string{"busy_timeout(10000)", "temp_store(MEMORY)"}, pragmas...)}
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + q.Encode(), nil
}

func (o Options) writerDSN() (string, error) {
	cache := "cache_size(-6000)" // KiB
	if o.Bulk {
		cache = "cache_size(-24000)"
	}
	return o.dsn("synchronous("+o.Sync+")", "secure_delete(ON)", cache, "wal_autocheckpoint(16000)", "journal_size_limit(67108864)")
}

func (o Options) readerDSN() (string, error) {
	return o.dsn("query_only(ON)", "cache_size(-1000)")
}
