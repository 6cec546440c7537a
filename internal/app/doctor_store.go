package app

import (
	"context"
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
		return d.unopened(d.T("doctor.store.absent", "folder", d.Config.DataDir), d.T("doctor.store.absent.do"))
	}
	a, err := Open(ctx, Options{Config: d.Config, Version: d.Version})
	if err != nil {
		return d.unopened(d.T("doctor.store.shut", "why", d.why(err)), d.T("doctor.store.shut.do"))
	}
	found := d.inspect(ctx, a)
	found = append(found, d.holds(ctx, a)...)
	found = append(found, d.jobs(ctx, a)...)
	if err := a.Close(); err != nil {
		found = append(found, Finding{checkStore, Bad, d.T("doctor.store.close", "why", d.why(err)), d.T("doctor.store.close.do")})
	}
	return found
}

// unopened says why nothing was seen of the database from within.
func (d doctor) unopened(says, do string) []Finding {
	return append(one(checkStore, Bad, says, do), one(checkInside, Unknown, d.T("doctor.store.within"), d.T("doctor.store.within.do"))...)
}

func (d doctor) inspect(ctx context.Context, a *App) []Finding {
	if err := a.store.Health.Ping(ctx); err != nil {
		return one(checkStore, Bad, d.T("doctor.store.away", "why", d.why(err)), d.T("doctor.store.away.do"))
	}
	in, err := a.store.Health.Inspect(ctx)
	if err != nil {
		return one(checkStore, Bad, d.T("doctor.store.unseen", "why", d.why(err)), d.T("doctor.store.unseen.do"))
	}
	return append(d.whole(in), d.skew(in)...)
}

// whole tells of schema, integrity and indexes.
func (d doctor) whole(in store.Inspection) []Finding {
	var found []Finding
	switch {
	case len(in.Problems) > 0:
		found = append(found, Finding{checkStore, Bad, d.T("doctor.store.damaged", "engine", in.Engine, "problems", strings.Join(in.Problems, "; ")), d.T("doctor.store.damaged.do")})
	case in.Schema != in.Wants:
		found = append(found, Finding{checkStore, Look, d.T("doctor.store.version", "engine", in.Engine, "is", in.Schema, "wants", in.Wants), d.T("doctor.store.version.do")})
	default:
		says := "doctor.store.fine"
		if in.Read {
			says = "doctor.store.whole"
		}
		found = append(found, Finding{Check: checkStore, Verdict: Fine, Says: d.T(says, "engine", in.Engine, "is", in.Schema)})
	}
	if len(in.MissingIndexes) > 0 {
		return append(found, Finding{checkIndexes, Bad, d.T("doctor.indexes.gone", "indexes", strings.Join(in.MissingIndexes, ", ")), d.T("doctor.indexes.gone.do")})
	}
	return append(found, Finding{Check: checkIndexes, Verdict: Fine, Says: d.T("doctor.indexes.fine")})
}

// skew compares the clocks of a database server and of this machine.
func (d doctor) skew(in store.Inspection) []Finding {
	if in.ServerTime.IsZero() {
		return nil
	}
	return d.apart(checkDatabaseClock, d.Now().Sub(in.ServerTime), maxSkew)
}

func (d doctor) apart(check string, by, most time.Duration) []Finding {
	by = by.Abs()
	words := d.T("doctor.span.part", "seconds", d.decimal(by.Seconds(), 2))
	if by > time.Minute { // what is that far off is asked for no parts of a second
		words = d.span(by.Round(time.Second))
	}
	says := d.T("doctor.clock.apart", "by", words)
	if by > most {
		return one(check, Bad, says, d.T("doctor.clock.apart.do"))
	}
	return one(check, Fine, says, "")
}

// holds tells what is held, since nothing is sent there.
func (d doctor) holds(ctx context.Context, a *App) []Finding {
	list, err := a.Holds(ctx)
	if err != nil {
		return one(checkHolds, Bad, d.T("doctor.holds.unread", "why", d.why(err)), d.T("doctor.again"))
	}
	var found []Finding
	for _, h := range list {
		what := "doctor.holds.all"
		if h.Unit != "" {
			what = "doctor.holds.unit"
		}
		at := time.UnixMilli(int64(h.At)).UTC().Format(time.DateTime)
		found = append(found, Finding{checkHolds, Look, d.T(what, "unit", h.Unit, "at", at, "who", h.By), d.T("doctor.holds.do")})
	}
	if len(found) == 0 {
		return one(checkHolds, Fine, d.T("doctor.holds.none"), "")
	}
	return found
}
