package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/page"
)

type scores struct {
	facts  *mongo.Collection
	tables *collection[emulation.Table]
	cards  *collection[emulation.Card]
}

var (
	_ emulation.Store = (*scores)(nil)
	_ emulation.Cards = (*scores)(nil)
)

func newEmulation(d *db) *scores {
	return &scores{
		facts:  d.mongo.Collection(factsName),
		tables: newCollection[emulation.Table](d.mongo, tablesName, d.ids),
		cards:  newCollection[emulation.Card](d.mongo, cardsName, d.ids),
	}
}

func (s *scores) PutFacts(ctx context.Context, fs []emulation.Fact) error {
	_, err := insertMissing(ctx, s.facts, fs)
	return err
}

func (s *scores) Facts(ctx context.Context, unit string, year int, cut calendar.Instant) ([]emulation.Fact, error) {
	filter := where(is("unit", unit), is("year", year), atMost("at", cut))
	return list[emulation.Fact](ctx, s.facts, filter, ascending("at", "_id"), 0)
}

func (s *scores) FactsOf(ctx context.Context, event string) ([]emulation.Fact, error) {
	return list[emulation.Fact](ctx, s.facts, where(is("event", event)), ascending("at", "_id"), 0)
}

func (s *scores) CreateTable(ctx context.Context, t *emulation.Table) error {
	return s.tables.create(ctx, t)
}

func (s *scores) Table(ctx context.Context, id string) (emulation.Table, error) {
	return s.tables.get(ctx, id)
}

func (s *scores) Tables(ctx context.Context, year int) ([]emulation.Table, error) {
	return s.tables.find(ctx, where(is("year", year)), where(is("version", -1)), 0)
}

func (s *scores) UpdateTable(ctx context.Context, id string, change func(*emulation.Table) error) (emulation.Table, error) {
	return s.tables.update(ctx, id, change)
}

func (s *scores) Touched(ctx context.Context, since calendar.Instant, limit int) ([]emulation.UnitYear, error) {
	pair := where(is("unit", "$unit"), is("year", "$year"))
	stages := bson.A{
		where(is("$match", where(atLeast("at", since)))),
		where(is("$group", where(is("_id", pair)))),
		where(is("$sort", ascending("_id.unit", "_id.year"))),
	}
	if limit > 0 {
		stages = append(stages, where(is("$limit", limit)))
	}
	groups, err := aggregate[struct {
		ID emulation.UnitYear `bson:"_id"`
	}](ctx, s.facts, stages)
	if err != nil {
		return nil, err
	}
	var pairs []emulation.UnitYear
	for _, g := range groups {
		pairs = append(pairs, g.ID)
	}
	return pairs, nil
}

func (s *scores) CreateCard(ctx context.Context, c *emulation.Card) error {
	return s.cards.create(ctx, c)
}

func (s *scores) Card(ctx context.Context, id string) (emulation.Card, error) {
	return s.cards.get(ctx, id)
}

func (s *scores) UpdateCard(ctx context.Context, id string, change func(*emulation.Card) error) (emulation.Card, error) {
	return s.cards.update(ctx, id, change)
}

func (s *scores) PageCards(ctx context.Context, f emulation.CardFilter, r page.Request) (page.List[emulation.Card], error) {
	var filter bson.D
	if f.Scope != "" {
		filter = append(filter, is("scope", f.Scope))
	}
	if f.Unit != "" {
		filter = append(filter, is("unit", f.Unit))
	}
	if f.Period != "" {
		filter = append(filter, is("period", f.Period))
	}
	order := []column{text("period"), text("unit"), text("_id")}
	return pageOf(ctx, s.cards.find, filter, order, r, func(c emulation.Card) page.Key {
		return key(c.Period, c.Unit, c.ID)
	})
}
