package mongostore

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// auditLog keeps lines and blocks, and reads the outboxes of all collections.
type auditLog struct {
	d             *db
	lines, blocks *mongo.Collection
}

var _ audit.Store = (*auditLog)(nil)

// line is a stored line. Open stands for a Block of 0, which is not stored and
// so could not be in a partial index.
type line struct {
	audit.Line `bson:",inline"`
	Open       bool `bson:"open,omitempty"`
}

func newAudit(d *db) *auditLog {
	return &auditLog{d: d, lines: d.mongo.Collection(linesName), blocks: d.mongo.Collection(blocksName)}
}

func (s *auditLog) Boxes(ctx context.Context, limit int) ([]audit.Box, error) {
	var boxes []audit.Box
	for _, c := range Schema() {
		if !c.Outbox || len(boxes) >= limit {
			continue
		}
		found, err := s.boxesOf(ctx, c.Name, limit-len(boxes))
		if err != nil {
			return nil, err
		}
		boxes = append(boxes, found...)
	}
	return boxes, nil
}

func (s *auditLog) boxesOf(ctx context.Context, name string, limit int) ([]audit.Box, error) {
	opts := options.Find().SetSort(ascending("_id")).SetLimit(int64(limit)).
		SetProjection(ascending("_id", "ver", "outbox"))
	cursor, err := s.d.mongo.Collection(name).Find(ctx, where(is("noted", true)), opts)
	if err != nil {
		return nil, translate(ctx, "boxes", err)
	}
	var heads []record.Head
	if err := cursor.All(ctx, &heads); err != nil {
		return nil, translate(ctx, "boxes", err)
	}
	var boxes, left []audit.Box
	for _, h := range heads {
		b := audit.Box{Collection: name, ID: h.ID, Ver: h.Ver, Entries: h.Outbox}
		if len(b.Entries) == 0 {
			left = append(left, b) // emptied by a relay that stopped halfway
			continue
		}
		boxes = append(boxes, b)
	}
	return boxes, s.Empty(ctx, left)
}

func (s *auditLog) Append(ctx context.Context, lines []audit.Line) error {
	docs := make([]line, len(lines))
	for i, l := range lines {
		docs[i] = line{Line: l, Open: l.Block == 0}
	}
	_, err := insertMissing(ctx, s.lines, docs)
	return err
}

// Empty pulls the entries one by one, since others may have come since. Then
// the document leaves the relay's index, if none did.
func (s *auditLog) Empty(ctx context.Context, boxes []audit.Box) error {
	byCollection := map[string][]mongo.WriteModel{}
	for _, b := range boxes {
		doc := is("_id", b.ID)
		models := byCollection[b.Collection]
		if len(b.Entries) > 0 {
			models = append(models, mongo.NewUpdateOneModel().SetFilter(where(doc)).SetUpdate(where(pullEntries(b))))
		}
		byCollection[b.Collection] = append(models, mongo.NewUpdateOneModel().
			SetFilter(where(doc, op("outbox", "$size", 0))).SetUpdate(where(unset("noted", "outbox"))))
	}
	for _, c := range Schema() {
		models := byCollection[c.Name]
		if len(models) == 0 {
			continue
		}
		if _, err := s.d.mongo.Collection(c.Name).BulkWrite(ctx, models); err != nil {
			return translate(ctx, "empty", err)
		}
	}
	return nil
}

func pullEntries(b audit.Box) bson.E {
	entries := make(bson.A, len(b.Entries))
	for i, e := range b.Entries {
		one := where(is("thing", e.Thing), is("thing_ver", e.Ver), is("n", e.N))
		if e.N == 0 {
			one = where(is("thing", e.Thing), is("thing_ver", e.Ver), is("n", nil)) // not stored
		}
		entries[i] = one
	}
	return is("$pull", where(is("outbox", where(is("$or", entries)))))
}

func (s *auditLog) UnsealedUnits(ctx context.Context, limit int) ([]string, error) {
	groups, err := aggregate[struct {
		Unit string `bson:"_id"`
	}](ctx, s.lines, bson.A{
		where(is("$match", where(is("open", true)))),
		where(is("$group", where(is("_id", "$unit")))),
		where(is("$sort", ascending("_id"))),
		where(is("$limit", limit)),
	})
	if err != nil {
		return nil, err
	}
	var units []string
	for _, g := range groups {
		units = append(units, g.Unit)
	}
	return units, nil
}

func (s *auditLog) Unsealed(ctx context.Context, unit string, limit int) ([]audit.Line, error) {
	return s.findLines(ctx, where(is("open", true), is("unit", unit)), ascending("at", "_id"), limit)
}

func (s *auditLog) findLines(ctx context.Context, filter, sort bson.D, limit int) ([]audit.Line, error) {
	docs, err := list[line](ctx, s.lines, filter, sort, limit)
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	lines := make([]audit.Line, len(docs))
	for i := range docs {
		lines[i] = docs[i].Line
	}
	return lines, nil
}

func (s *auditLog) LastBlock(ctx context.Context, unit string) (audit.Block, error) {
	var b audit.Block
	err := s.blocks.FindOne(ctx, where(is("unit", unit)), options.FindOne().SetSort(where(is("seq", -1)))).Decode(&b)
	return b, translate(ctx, "last block", err)
}

func (s *auditLog) PutBlock(ctx context.Context, b audit.Block) error {
	_, err := s.blocks.InsertOne(ctx, b)
	if err = translate(ctx, "put block", err); errors.Is(err, record.ErrExists) {
		there, readErr := s.Blocks(ctx, b.Unit, b.Seq, 1)
		if readErr != nil || len(there) == 0 || there[0].Seq != b.Seq || there[0].Hash != b.Hash {
			return errors.Join(err, readErr)
		}
		err = nil
	}
	if err != nil || len(b.Lines) == 0 {
		return err
	}
	ids := make([]string, len(b.Lines))
	for i, l := range b.Lines {
		ids[i] = l.Line
	}
	_, err = s.lines.UpdateMany(ctx, where(is("unit", b.Unit), in("_id", ids)),
		where(set(is("block", b.Seq)), unset("open")))
	return translate(ctx, "mark lines", err)
}

func (s *auditLog) Blocks(ctx context.Context, unit string, from int64, limit int) ([]audit.Block, error) {
	return list[audit.Block](ctx, s.blocks, where(is("unit", unit), atLeast("seq", from)), ascending("seq"), limit)
}

func (s *auditLog) Page(ctx context.Context, f audit.Filter, r page.Request) (page.List[audit.Line], error) {
	filter := where(is("unit", f.Unit))
	if f.Thing != "" {
		filter = append(filter, is("thing", f.Thing))
	}
	if f.Since != 0 {
		filter = narrowed(filter, "at", "$gte", f.Since)
	}
	if f.Until != 0 {
		filter = narrowed(filter, "at", "$lt", f.Until)
	}
	order := []column{number("at").descending(), text("_id").descending()}
	return pageOf(ctx, s.findLines, filter, order, r, func(l audit.Line) page.Key {
		return key(digits(l.At), l.ID)
	})
}

// Purge takes sealed lines only: what is in no block yet would be gone without a trace.
func (s *auditLog) Purge(ctx context.Context, before int64, limit int) (int, error) {
	old, err := s.findLines(ctx, where(below("at", before), above("block", 0)), ascending("at", "_id"), limit)
	if err != nil || len(old) == 0 {
		return 0, err
	}
	ids := make([]string, len(old))
	for i, l := range old {
		ids[i] = l.ID
	}
	res, err := s.lines.DeleteMany(ctx, where(in("_id", ids)))
	if err != nil {
		return 0, translate(ctx, "purge", err)
	}
	return int(res.DeletedCount), nil
}
