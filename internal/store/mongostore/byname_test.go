package mongostore_test

import (
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/text"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Events of a database of before names ordered them are on its pages, once
// each, and take their place when they get a name; all units are there for that.
// What forms held is no part of residents any more.
func TestOpen_namesEvents(t *testing.T) {
	t.Parallel()
	uri := mustURI(t, replica)
	name := mustDatabase(t, uri)
	set := mustOpen(t, at(uri, name))
	for _, one := range []string{"a", "b", "c"} {
		e := event.Event{Head: head(one), Unit: "u", Scope: []string{"u"}, State: event.Published, StartAt: 7}
		e.Part = id.Part(one)
		check(t, set.Events.Create(t.Context(), &e))
	}
	check(t, set.Units.Create(t.Context(), &unit.Unit{Head: head("u"), Kind: unit.Commune}))
	db := mustClient(t, uri).Database(name)
	must[*mongo.UpdateResult](t)(db.Collection("units").UpdateMany(t.Context(), bson.D{}, bson.D{{Key: "$unset", Value: bson.D{{Key: "plan_ver", Value: ""}}}}))
	people := db.Collection("residents")
	check(t, set.Residents.Create(t.Context(), &resident.Resident{Head: head("r"), Unit: "u", Name: "An"}))
	must[*mongo.UpdateResult](t)(people.UpdateMany(t.Context(), bson.D{}, bson.D{{Key: "$set", Value: bson.D{{Key: "form_hash", Value: "k.12"}}}}))
	col := db.Collection("events")
	must[*mongo.UpdateResult](t)(col.UpdateMany(t.Context(), bson.D{}, bson.D{{Key: "$unset", Value: bson.D{{Key: "sort_hex", Value: ""}}}}))
	must[string](t)(col.Indexes().CreateOne(t.Context(), mongo.IndexModel{
		Keys: bson.D{{Key: "scope", Value: 1}, {Key: "start_at", Value: 1}, {Key: "_id", Value: 1}}, Options: options.Index().SetName("scope"),
	}))
	must[bool](t)(set.Settings.SetSetting(t.Context(), "schema", "15", "10"))

	set = mustOpen(t, at(uri, name))
	listed := func() (ids []string) {
		t.Helper()
		for r := (page.Request{Limit: 2}); ; {
			l := must[page.List[event.Event]](t)(set.Events.Page(t.Context(), event.Filter{Scope: "u"}, r))
			for _, e := range l.Items {
				ids = append(ids, e.ID)
			}
			if r.After = l.Next; r.After == nil {
				return ids
			}
		}
	}
	dirty := must[[]unit.Unit](t)(set.Units.Dirty(t.Context(), 9))
	if len(dirty) != 1 || dirty[0].ID != "u" {
		t.Fatalf("events follow the names of %+v", dirty)
	}
	same(t, "cleaned", must[bool](t)(set.Units.Clean(t.Context(), "u", dirty[0].PlanVer)), true)
	same(t, "people with what a form held", must[int64](t)(people.CountDocuments(t.Context(), bson.D{{Key: "form_hash", Value: "k.12"}})), 0)
	same(t, "opened", strings.Join(listed(), " "), "a b c")
	for one, name := range map[string]string{"a": "Thôn Lát", "b": "Thôn An", "c": "Thôn Bình"} {
		must[event.Event](t)(set.Events.Update(t.Context(), one, func(e *event.Event) error { e.SortKey = text.SortKey(name); return nil }))
	}
	same(t, "named", strings.Join(listed(), " "), "b c a")
	var indexes []bson.M
	cursor, err := col.Indexes().List(t.Context())
	check(t, err)
	check(t, cursor.All(t.Context(), &indexes))
	for _, one := range indexes {
		if one["name"] == "scope" {
			t.Error("the index by start alone is still there")
		}
	}
}
