package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// withOutbox are the tables of documents that carry audit entries.
var withOutbox = []string{
	"accounts", "attendance", "cards", "contacts", "credentials", "events", "registrations",
	"residents", "rolls", "rules", "score_tables", "sessions", "surveys", "tokens", "units",
}

type auditStore struct{ *Store }

var _ audit.Store = auditStore{}

func newAuditStore(s *Store) auditStore { return auditStore{s} }

func (s auditStore) Boxes(ctx context.Context, limit int) ([]audit.Box, error) {
	var boxes []audit.Box
	for _, name := range withOutbox {
		scan := func(rows *sql.Rows) (audit.Box, error) {
			b := audit.Box{Collection: name}
			err := rows.Scan(&b.ID, &b.Ver, asJSON{&b.Entries})
			return b, err
		}
		found, err := list(ctx, s.Store, scan,
			"SELECT id, ver, outbox FROM "+name+" WHERE outbox IS NOT NULL ORDER BY id LIMIT ?", limit-len(boxes))
		if err != nil {
			return nil, err
		}
		if boxes = append(boxes, found...); len(boxes) >= limit {
			break
		}
	}
	return boxes, nil
}

// Empty reads each outbox again in the writer, since entries may have come
// since it was relayed.
func (s auditStore) Empty(ctx context.Context, boxes []audit.Box) error {
	for _, b := range boxes {
		if !slices.Contains(withOutbox, b.Collection) {
			return errBroken
		}
	}
	boxes = slices.Clone(boxes)
	return s.write(ctx, func(s *session) error {
		for _, b := range boxes {
			if err := emptyBox(s, b); err != nil {
				return err
			}
		}
		return nil
	})
}

func emptyBox(s *session, b audit.Box) error {
	var now []record.Entry
	err := s.query(func(rows *sql.Rows) error { return rows.Scan(asJSON{&now}) },
		"SELECT outbox FROM "+b.Collection+" WHERE id = ?", b.ID)
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(now, func(e record.Entry) bool {
		return slices.ContainsFunc(b.Entries, func(gone record.Entry) bool {
			return gone.Thing == e.Thing && gone.Ver == e.Ver && gone.N == e.N
		})
	})
	outbox, err := outboxText(left)
	if err != nil {
		return err
	}
	_, err = s.exec("UPDATE "+b.Collection+" SET outbox = ? WHERE id = ?", outbox, b.ID)
	return err
}

// Lines keep their block in a column alone.

func (s auditStore) Append(ctx context.Context, lines []audit.Line) error {
	rows := make([][]any, len(lines))
	for i, l := range lines {
		block := l.Block
		l.Block = 0
		doc, err := json.Marshal(l)
		if err != nil {
			return err
		}
		rows[i] = []any{l.ID, l.Unit, l.Thing, l.At, block, string(doc)}
	}
	return s.insertAll(ctx, "INSERT INTO audit_lines (id, unit, thing, at, block, doc) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)
}

func scanLine(rows *sql.Rows) (audit.Line, error) {
	var l audit.Line
	err := rows.Scan(asJSON{&l}, &l.Block)
	return l, err
}

func (s auditStore) UnsealedUnits(ctx context.Context, limit int) ([]string, error) {
	return leap[string](ctx, s.Store, limit, "unit", "FROM audit_lines WHERE block = 0 AND ")
}

func (s auditStore) Unsealed(ctx context.Context, unit string, limit int) ([]audit.Line, error) {
	return list(ctx, s.Store, scanLine,
		"SELECT doc, block FROM audit_lines WHERE unit = ? AND block = 0 ORDER BY at, id LIMIT ?", unit, limit)
}

func (s auditStore) LastBlock(ctx context.Context, unit string) (audit.Block, error) {
	return one(ctx, s.Store, scanDoc[audit.Block],
		"SELECT doc FROM audit_blocks WHERE unit = ? ORDER BY seq DESC LIMIT 1", unit)
}

func (s auditStore) PutBlock(ctx context.Context, b audit.Block) error {
	doc, err := json.Marshal(b)
	if err != nil {
		return err
	}
	ids := make([]string, len(b.Lines))
	for i, l := range b.Lines {
		ids[i] = l.Line
	}
	taken := false
	err = s.write(ctx, func(s *session) error {
		var stored audit.Block
		_, err := s.exec("INSERT INTO audit_blocks (unit, seq, doc) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", b.Unit, b.Seq, string(doc))
		if err != nil {
			return err
		}
		err = s.query(func(rows *sql.Rows) error { return rows.Scan(asJSON{&stored}) },
			"SELECT doc FROM audit_blocks WHERE unit = ? AND seq = ?", b.Unit, b.Seq)
		if taken = stored.Hash != b.Hash; err != nil || taken {
			return err
		}
		_, err = s.exec("UPDATE audit_lines SET block = ? WHERE id IN (SELECT value FROM json_each(?))", b.Seq, jsonText(ids))
		return err
	})
	if err == nil && taken {
		err = record.ErrExists
	}
	return err
}

func (s auditStore) Blocks(ctx context.Context, unit string, from int64, limit int) ([]audit.Block, error) {
	return list(ctx, s.Store, scanDoc[audit.Block],
		"SELECT doc FROM audit_blocks WHERE unit = ? AND seq >= ? ORDER BY seq LIMIT ?", unit, from, limit)
}

func (s auditStore) Page(ctx context.Context, f audit.Filter, r page.Request) (page.List[audit.Line], error) {
	start, err := after(r.After, "it")
	if err != nil {
		return page.List[audit.Line]{}, err
	}
	var where clause
	where.and("unit = ?", f.Unit)
	if f.Thing != "" {
		where.and("thing = ?", f.Thing)
	}
	if f.Since != 0 {
		where.and("at >= ?", f.Since)
	}
	if f.Until != 0 && start == nil { // else the start is the narrower bound
		where.and("at < ?", f.Until)
	}
	if start != nil {
		where.and("(at, id) < (?, ?)", start...)
	}
	where.args = append(where.args, r.Size()+1)
	found, err := list(ctx, s.Store, scanLine,
		"SELECT doc, block FROM audit_lines "+where.text+" ORDER BY at DESC, id DESC LIMIT ?", where.args...)
	return page.Cut(found, r.Size(), func(l audit.Line) page.Key { return keyOf(decimal(l.At), l.ID) }), err
}

// Purge removes sealed lines only: what is not in a block yet would be gone
// without a trace.
func (s auditStore) Purge(ctx context.Context, before int64, limit int) (int, error) {
	var n int64
	err := s.write(ctx, func(s *session) (err error) {
		n, err = s.exec("DELETE FROM audit_lines WHERE id IN (SELECT id FROM audit_lines WHERE block > 0 AND at < ? ORDER BY at, id LIMIT ?)", before, limit)
		return err
	})
	if err != nil {
		return 0, err
	}
	return int(n), nil
}
