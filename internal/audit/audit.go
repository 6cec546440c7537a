package audit

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Line is a stored entry of the log.
type Line struct {
	// ID is hash(thing, ver, n): a relay that runs twice inserts once.
	ID           string `json:"_id"`
	record.Entry `bson:",inline"`
	// Salt lets a line be erased without breaking the chain: the block keeps
	// hash(salt, line), which says nothing once the salt is gone.
	Salt string `json:"salt,omitempty"`
	// Block is the seq of the block that sealed the line, 0 before.
	Block int64 `json:"block,omitempty"`
}

// Block seals lines of one unit and is chained to the block before it.
type Block struct {
	// ID is hash(unit, seq).
	ID   string `json:"_id"`
	Unit string `json:"unit"`
	// Seq counts from 1 per unit.
	Seq int64 `json:"seq"`
	// Prev and Hash are hex SHA-256; Hash covers unit, seq, prev, at and the line hashes.
	Prev  string   `json:"prev"`
	Hash  string   `json:"hash"`
	Lines []Sealed `json:"lines"`
	At    int64    `json:"at"`
}

// Sealed is a line's id and salted hash inside a block.
type Sealed struct {
	Line string `json:"line"`
	Hash string `json:"hash"`
}

// Box is the outbox of one document.
type Box struct {
	Collection, ID string
	Ver            int64
	Entries        []record.Entry
}

// Filter chooses lines. Unit is required.
type Filter struct {
	Unit  string
	Thing string
	Since int64 // UTC ms, 0 open
	Until int64
}

// Store keeps the log.
type Store interface {
	// Boxes returns documents with a non-empty outbox, at most limit.
	Boxes(ctx context.Context, limit int) ([]Box, error)
	// Append inserts lines; ids that are there already are left as they are.
	Append(ctx context.Context, lines []Line) error
	// Empty removes exactly the entries of the box from the document's outbox,
	// keeping those that came since; Ver of the document does not change.
	Empty(ctx context.Context, boxes []Box) error
	// Unsealed returns units that have unsealed lines, and lines of one unit in
	// order of at, id.
	UnsealedUnits(ctx context.Context, limit int) ([]string, error)
	Unsealed(ctx context.Context, unit string, limit int) ([]Line, error)
	// LastBlock returns the block with the highest seq of the unit, or ErrAbsent.
	LastBlock(ctx context.Context, unit string) (Block, error)
	// PutBlock inserts the block and then marks its lines. ErrExists if another
	// block (of another Hash) has its seq; the very same block is no error and
	// has its lines marked again, since a sealer may stop between the two.
	PutBlock(ctx context.Context, b Block) error
	// Blocks returns the chain of a unit from a seq on.
	Blocks(ctx context.Context, unit string, from int64, limit int) ([]Block, error)
	// Page lists lines of a unit, newest first (at, id descending).
	Page(ctx context.Context, f Filter, r page.Request) (page.List[Line], error)
	// Purge removes lines older than the instant; their hashes stay in the blocks.
	Purge(ctx context.Context, before int64, limit int) (int, error)
}
