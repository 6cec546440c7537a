package app

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/store"
)

// maxSkew is how far the clocks of a database server and of this machine may be
// apart: leases compare ages by one clock alone, but due times do not.
const maxSkew = 2 * time.Second

// store opens the database as the program does, and looks at it from within.
func (d doctor) store(ctx context.Context) []Finding {
	if _, err := os.Stat(databasePath(d.Config)); d.Config.MongoURI == "" && err != nil {
		return unopened("there is no database in "+d.Config.DataDir, "name its folder in SUNDAY_DATA, or start 'sunday run', which makes one")
	}
	a, err := Open(ctx, Options{Config: d.Config, Version: d.Version})
	if err != nil {
		return unopened("cannot be opened: "+firstLine(Say(err)), "see docs/operations.md")
	}
	found := d.inspect(ctx, a)
	found = append(found, holds(ctx, a)...)
	found = append(found, d.jobs(ctx, a)...)
	if err := a.Close(); err != nil {
		found = append(found, Finding{"store", Bad, "did not close: " + firstLine(Say(err)), "look at the log of the program"})
	}
	return found
}

// unopened says why nothing was seen of the database from within.
func unopened(says, do string) []Finding {
	return append(one("store", Bad, says, do), one("indexes, holds, worker", Unknown, "were not looked at, for want of the store", "run it again once the store can be opened")...)
}

func (d doctor) inspect(ctx context.Context, a *App) []Finding {
	if err := a.store.Health.Ping(ctx); err != nil {
		return one("store", Bad, "cannot be read and written: "+firstLine(Say(err)), "see that the disk has room and that this program may write the folder")
	}
	in, err := a.store.Health.Inspect(ctx)
	if err != nil {
		return one("store", Bad, "cannot be looked at: "+firstLine(Say(err)), "run it again; if it stays so, restore a backup")
	}
	return append(whole(in), d.skew(in)...)
}

// whole tells of schema, integrity and indexes.
func whole(in store.Inspection) []Finding {
	var found []Finding
	switch {
	case len(in.Problems) > 0:
		found = append(found, Finding{"store", Bad, in.Engine + ": it is damaged: " + strings.Join(in.Problems, "; "), "stop the program, keep a copy of the file, and restore the newest backup: 'sunday restore'"})
	case in.Schema != in.Wants:
		found = append(found, Finding{"store", Look, fmt.Sprintf("%s: it is of version %d and this program of %d", in.Engine, in.Schema, in.Wants), "run the same version of the program everywhere"})
	default:
		says := fmt.Sprintf("%s, version %d, can be read and written", in.Engine, in.Schema)
		if in.Read {
			says += "; every page of it was read and is whole"
		}
		found = append(found, Finding{Check: "store", Verdict: Fine, Says: says})
	}
	if len(in.MissingIndexes) > 0 {
		return append(found, Finding{"indexes", Bad, "missing: " + strings.Join(in.MissingIndexes, ", "), "somebody took them away; restore a backup, or make them again as the migrations do"})
	}
	return append(found, Finding{Check: "indexes", Verdict: Fine, Says: "all are there"})
}

// skew compares the clocks of a database server and of this machine.
func (d doctor) skew(in store.Inspection) []Finding {
	if in.ServerTime.IsZero() {
		return nil
	}
	return apart("clock of the database", d.Now().Sub(in.ServerTime), maxSkew)
}

func apart(check string, by, most time.Duration) []Finding {
	by = by.Abs().Round(10 * time.Millisecond)
	if by > time.Minute { // what is that far off is asked for no parts of a second
		by = by.Round(time.Second)
	}
	if by > most {
		return one(check, Bad, fmt.Sprintf("%v apart from this machine's", by), "let chrony or systemd-timesyncd set both clocks; messages go by them")
	}
	return one(check, Fine, fmt.Sprintf("%v apart from this machine's", by), "")
}

// holds tells what is held, since nothing is sent there.
func holds(ctx context.Context, a *App) []Finding {
	list, err := a.Holds(ctx)
	if err != nil {
		return one("holds", Bad, "cannot be read: "+firstLine(Say(err)), "run it again")
	}
	var found []Finding
	for _, h := range list {
		what := "everything"
		if h.Unit != "" {
			what = "unit " + h.Unit
		}
		found = append(found, Finding{"holds", Look, fmt.Sprintf("%s is held since %s, by %s", what, time.UnixMilli(int64(h.At)).UTC().Format(time.DateTime), h.By), "'sunday hold --list' says why, 'sunday release' lifts it"})
	}
	if len(found) == 0 {
		return one("holds", Fine, "nothing is held", "")
	}
	return found
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
