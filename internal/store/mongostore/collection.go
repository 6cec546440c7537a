package mongostore

import (
	"context"
	"encoding/hex"
	"errors"
	"hash/fnv"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

const (
	// updateTries bounds how often an update meets another writer. Writers of
	// one process wait for each other, so this counts other processes' wins.
	updateTries = 100
	stripes     = 256
	opBytes     = 12
)

// stored is a document with what this store derives from it. SortHex is the
// sort key in hex: MongoDB orders binary values by their length first, so the
// bytes themselves would not be in order.
type stored[T any] struct {
	Body    T       `bson:",inline"`
	SortHex *string `bson:"sort_hex,omitempty"`
	// Noted says that the outbox holds entries, for the relay's index.
	Noted bool `bson:"noted,omitempty"`
}

// collection keeps documents that begin with a record.Head.
type collection[T any] struct {
	col *mongo.Collection
	ids id.Source
	// keyOf gives the fields of the shard key besides _id that a document has,
	// keyByID those that follow from its id. Either may be nil.
	keyOf   func(*T) bson.D
	keyByID func(id string) bson.D
	// sortKey is nil where no list is sorted by name.
	sortKey func(*T) []byte
	// busy lets writers of one document take turns within the process.
	busy [stripes]chan struct{}
}

func newCollection[T any](db *mongo.Database, name string, ids id.Source) *collection[T] {
	c := &collection[T]{col: db.Collection(name), ids: ids}
	for i := range c.busy {
		c.busy[i] = make(chan struct{}, 1)
	}
	return c
}

func base[T any](v *T) *record.Head { return any(v).(record.Document).Base() }

func (c *collection[T]) wrap(v *T) stored[T] {
	s := stored[T]{Body: *v, Noted: len(base(v).Outbox) > 0}
	if c.sortKey != nil {
		h := hex.EncodeToString(c.sortKey(v))
		s.SortHex = &h
	}
	return s
}

func (c *collection[T]) newOp() string { return hex.EncodeToString(c.ids.Nonce(opBytes)) }

// byID is the filter for a document of which only the id is known.
func (c *collection[T]) byID(id string) bson.D {
	filter := where(is("_id", id))
	if c.keyByID != nil {
		filter = append(filter, c.keyByID(id)...)
	}
	return filter
}

// exactly is the filter for a document that was read.
func (c *collection[T]) exactly(v *T) bson.D {
	h := base(v)
	filter := where(is("_id", h.ID), is("ver", h.Ver))
	if c.keyOf != nil {
		filter = append(filter, c.keyOf(v)...)
	}
	return filter
}

func (c *collection[T]) create(ctx context.Context, v *T) error {
	doc := *v
	h := base(&doc)
	h.Ver, h.Op = 1, c.newOp()
	if c.keyByID != nil && !slices.Equal(c.keyByID(h.ID), c.keyOf(&doc)) {
		return errPart // it would be stored where nobody looks for it
	}
	_, err := c.col.InsertOne(ctx, c.wrap(&doc))
	if err != nil {
		err = translate(ctx, "create", err)
		if !errors.Is(err, record.ErrExists) && !errors.Is(err, record.ErrAway) {
			return err
		}
		// The insert may have been ours, its reply lost.
		if now, readErr := c.get(ctx, h.ID); readErr != nil || base(&now).Op != h.Op {
			return err
		}
	}
	*v = doc
	return nil
}

// createMissing inserts those whose ids are not there yet.
func (c *collection[T]) createMissing(ctx context.Context, vs []T) (fresh []bool, err error) {
	docs := make([]stored[T], len(vs))
	for i := range vs {
		doc := vs[i]
		h := base(&doc)
		h.Ver, h.Op = 1, c.newOp()
		docs[i] = c.wrap(&doc)
	}
	return insertMissing(ctx, c.col, docs)
}

// createMany is createMissing in groups.
func (c *collection[T]) createMany(ctx context.Context, vs []T) ([]bool, error) {
	var fresh []bool
	for group := range slices.Chunk(vs, insertGroup) {
		isNew, err := c.createMissing(ctx, group)
		if err != nil {
			return nil, err
		}
		fresh = append(fresh, isNew...)
	}
	return fresh, nil
}

func (c *collection[T]) raw(ctx context.Context, id string) (bson.Raw, error) {
	raw, err := c.col.FindOne(ctx, c.byID(id)).Raw()
	return raw, translate(ctx, "get", err)
}

func (c *collection[T]) decode(raw bson.Raw) (T, error) {
	var s stored[T]
	err := unmarshal(raw, &s)
	return s.Body, err
}

func (c *collection[T]) get(ctx context.Context, id string) (T, error) {
	return c.first(ctx, c.byID(id))
}

// first returns the one document that the filter names.
func (c *collection[T]) first(ctx context.Context, filter bson.D) (T, error) {
	var s stored[T]
	err := c.col.FindOne(ctx, filter).Decode(&s)
	return s.Body, translate(ctx, "get", err)
}

// many returns those of the ids that are there, ordered by id.
func (c *collection[T]) many(ctx context.Context, ids []string) ([]T, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return c.find(ctx, where(in("_id", ids)), ascending("_id"), 0)
}

// find lists what the filter names in the order given; a limit of 0 is none.
func (c *collection[T]) find(ctx context.Context, filter, sort bson.D, limit int) ([]T, error) {
	docs, err := list[stored[T]](ctx, c.col, filter, sort, limit)
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	vs := make([]T, len(docs))
	for i := range docs {
		vs[i] = docs[i].Body
	}
	return vs, nil
}

// update reads, calls change on a fresh decode, and writes where id and ver
// are as read, again and again until nobody came between.
func (c *collection[T]) update(ctx context.Context, id string, change func(*T) error) (T, error) {
	done, err := c.turn(ctx, id)
	if err != nil {
		var zero T
		return zero, err
	}
	defer done()
	op := c.newOp()
	for try := range updateTries {
		v, written, err := c.tryUpdate(ctx, id, op, change)
		if written || err != nil && !errors.Is(err, record.ErrContended) {
			return v, err
		}
		if err := pause(ctx, try); err != nil {
			return v, err
		}
	}
	var zero T
	return zero, record.ErrContended
}

func (c *collection[T]) tryUpdate(ctx context.Context, id, op string, change func(*T) error) (v T, written bool, err error) {
	raw, err := c.raw(ctx, id)
	if err != nil {
		return v, false, err
	}
	if v, err = c.decode(raw); err != nil {
		return v, false, err
	}
	if base(&v).Op == op {
		return v, true, nil // an earlier try was applied after all
	}
	filter, ver := c.exactly(&v), base(&v).Ver
	if err := change(&v); err != nil {
		if errors.Is(err, record.ErrUnchanged) {
			v, err = c.decode(raw)
			return v, err == nil, err
		}
		return v, false, err
	}
	h := base(&v)
	h.ID, h.Ver, h.Op = id, ver+1, op
	res, err := c.col.ReplaceOne(ctx, filter, c.wrap(&v))
	if err == nil && res.MatchedCount == 1 {
		return v, true, nil
	}
	err = translate(ctx, "update", err)
	if errors.Is(err, record.ErrAway) {
		// Whether it was applied shows in the document, if that can be read.
		if now, readErr := c.get(ctx, id); readErr == nil && base(&now).Op == op {
			return now, true, nil
		}
	}
	if err != nil {
		return v, false, err
	}
	return v, false, record.ErrContended
}

// turn waits until no other update of the document runs in this process.
func (c *collection[T]) turn(ctx context.Context, id string) (done func(), err error) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	slot := c.busy[h.Sum32()%stripes]
	select {
	case slot <- struct{}{}:
		return func() { <-slot }, nil
	case <-ctx.Done():
		return nil, translate(ctx, "update", ctx.Err())
	}
}

// pause waits a little longer after every miss, up to 50 ms.
func pause(ctx context.Context, try int) error {
	wait := min(time.Millisecond<<min(try, 6), 50*time.Millisecond)
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return translate(ctx, "update", ctx.Err())
	}
}

// dirtyParts goes from one part with dirty documents to the next by one look
// into their index each: there is none where nothing is dirty.
func (c *collection[T]) dirtyParts(ctx context.Context, partOf func(*T) int) ([]int, error) {
	var parts []int
	for last := -1; ; last = parts[len(parts)-1] {
		next, err := c.find(ctx, where(is("dirty", true), above("part", last)), ascending("part"), 1)
		if err != nil || len(next) == 0 {
			return parts, err
		}
		parts = append(parts, partOf(&next[0]))
	}
}

// clean clears dirty where PlanVer is as seen. It is no new version.
func (c *collection[T]) clean(ctx context.Context, id string, planVer int64) (bool, error) {
	res, err := c.col.UpdateOne(ctx, append(c.byID(id), is("plan_ver", planVer)), where(unset("dirty")))
	if err != nil {
		return false, translate(ctx, "clean", err)
	}
	return res.MatchedCount == 1, nil
}

// list reads all documents of a query, of each the fields named, or all of
// them; a limit of 0 is none.
func list[D any](ctx context.Context, col *mongo.Collection, filter, sort bson.D, limit int, fields ...string) ([]D, error) {
	opts := options.Find().SetSort(sort)
	if len(fields) > 0 {
		opts.SetProjection(ascending(fields...))
	}
	if limit > 0 {
		opts.SetLimit(int64(limit))
		opts.SetBatchSize(int32(min(limit, 1<<20)))
	}
	cursor, err := col.Find(ctx, filter, opts)
	if err != nil {
		return nil, translate(ctx, "list", err)
	}
	var docs []D
	return docs, translate(ctx, "list", cursor.All(ctx, &docs))
}

// insertMissing inserts documents unordered and says of each whether it was new.
func insertMissing[D any](ctx context.Context, col *mongo.Collection, docs []D) (fresh []bool, err error) {
	if len(docs) == 0 {
		return nil, nil
	}
	_, err = col.InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
	there, err := duplicates(ctx, "insert", err)
	if err != nil {
		return nil, err
	}
	fresh = make([]bool, len(docs))
	for i := range fresh {
		fresh[i] = !there[i]
	}
	return fresh, nil
}

// idOnly is what is read of documents that are counted or picked.
type idOnly struct {
	ID string `bson:"_id"`
}

// aggregate reads all documents of a pipeline.
func aggregate[D any](ctx context.Context, col *mongo.Collection, stages bson.A) ([]D, error) {
	cursor, err := col.Aggregate(ctx, stages)
	if err != nil {
		return nil, translate(ctx, "aggregate", err)
	}
	var docs []D
	return docs, translate(ctx, "aggregate", cursor.All(ctx, &docs))
}

func distinct(ids []string) map[string]bool {
	seen := make(map[string]bool, len(ids))
	for _, id := range ids {
		seen[id] = true
	}
	return seen
}
