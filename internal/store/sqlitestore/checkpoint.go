package sqlitestore

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
)

// checkpointEvery is after how many writes the log is copied into the file: some
// 3,000 pages where each is committed alone, fewer where many share a commit.
// What writes a long list counts as many.
const checkpointEvery = 256

// checkpointer copies the write-ahead log into the file beside the writer, which
// would otherwise do it at the end of some commit, while everybody waits. What
// it leaves, the writer's own limit (wal_autocheckpoint) makes good: by then
// that is little. It changes nothing of what is durable.
type checkpointer struct {
	db    *sql.DB
	log   *slog.Logger
	begin chan struct{}
	ended chan struct{}
	// alone is held by whoever copies or cuts the log.
	alone sync.Mutex
}

func startCheckpointer(db *sql.DB, log *slog.Logger) *checkpointer {
	c := &checkpointer{db: db, log: log, begin: make(chan struct{}, 1), ended: make(chan struct{})}
	go c.loop()
	return c
}

// due asks for a copy; one that is under way or asked for serves as well.
func (c *checkpointer) due() {
	select {
	case c.begin <- struct{}{}:
	default:
	}
}

// stop ends the copying; nobody may call due any more.
func (c *checkpointer) stop() {
	close(c.begin)
	<-c.ended
}

func (c *checkpointer) loop() {
	defer close(c.ended)
	for range c.begin {
		c.copy()
	}
}

// copy never waits for readers or the writer, nor they for it.
func (c *checkpointer) copy() {
	c.alone.Lock()
	defer c.alone.Unlock()
	if _, err := c.db.ExecContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
		c.log.Warn("log not copied", "code", codeOf(err))
	}
}
