package mongostore_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/mongostore"
)

// recorded runs the contract and what calls every port, and returns the commands
// that were sent.
func recorded(t *testing.T) []command {
	t.Helper()
	var r recorder
	// The subtests are parallel, so the group ends when all have.
	ran := t.Run("ports", func(t *testing.T) {
		cases := append(ledgerCases(), portCase{"Nouns", tour})
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.run(t, setupOn(t, replica, r.monitor()))
			})
		}
		conform(t, replica, func(t *testing.T) *store.Set { return setupOn(t, replica, r.monitor()) })
	})
	if !ran {
		t.FailNow() // the commands are not all there
	}
	return r.since(0)
}

// TestCommands holds every command that the ports cause to docs/scaling.md and
// to the indexes.
func TestCommands(t *testing.T) {
	t.Parallel()
	commands := recorded(t)
	guide := mustGuide(t)
	t.Run("Operators", func(t *testing.T) {
		t.Parallel()
		checkOperators(t, commands, guide)
	})
	t.Run("Concerns", func(t *testing.T) {
		t.Parallel()
		checkConcerns(t, commands)
	})
	t.Run("HotPaths", func(t *testing.T) {
		t.Parallel()
		checkHotPaths(t, commands, guide)
	})
	t.Run("Explain", func(t *testing.T) {
		t.Parallel()
		checkPlans(t, commands)
	})
}

// guide is docs/scaling.md: the cells of its tables by heading.
type guide map[string][][]string

func mustGuide(tb testing.TB) guide {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "scaling.md"))
	if err != nil {
		tb.Fatal(err)
	}
	g, heading := guide{}, ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if h, ok := strings.CutPrefix(line, "## "); ok {
			heading = h
		}
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|--") {
			continue
		}
		var cells []string
		for c := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
			cells = append(cells, strings.ReplaceAll(strings.TrimSpace(c), "`", ""))
		}
		g[heading] = append(g[heading], cells)
	}
	for h := range g {
		g[h] = g[h][1:] // the head of the table
	}
	return g
}

func checkOperators(t *testing.T, commands []command, g guide) {
	used := map[string]bool{}
	for _, c := range commands {
		for _, e := range c.body {
			switch e.Key {
			case "filter", "sort", "projection", "pipeline", "updates", "deletes", "indexes":
				operators(e.Value, used)
			}
		}
	}
	var listed []string
	for _, row := range g["Operators"] {
		for name := range strings.SplitSeq(row[0], ", ") {
			listed = append(listed, name)
		}
		if len(row) != 3 || row[2] == "" {
			t.Errorf("operators %s have no place in the documentation", row[0])
		}
	}
	slices.Sort(listed)
	got := slices.Sorted(maps.Keys(used))
	same(t, "operators sent, and listed in docs/scaling.md", fmt.Sprint(got), fmt.Sprint(listed))
}

// Every write is acknowledged by a majority with its journal, every read is of
// what a majority has.
func checkConcerns(t *testing.T, commands []command) {
	for _, c := range commands {
		switch c.name {
		case "insert", "update", "delete":
			w, _ := lookup(c.body, "writeConcern").(bson.D)
			if lookup(w, "w") != "majority" || lookup(w, "j") != true {
				t.Fatalf("%s %s has write concern %v", c.name, c.collection(), w)
			}
		case "find", "aggregate":
			r, _ := lookup(c.body, "readConcern").(bson.D)
			if lookup(r, "level") != "majority" {
				t.Fatalf("%s %s has read concern %v", c.name, c.collection(), r)
			}
		}
	}
}

func checkHotPaths(t *testing.T, commands []command, g guide) {
	sent := map[string]bool{}
	for _, c := range commands {
		for _, s := range c.statements() {
			sent[s.collection+": "+s.fields()] = true
		}
	}
	shards := map[string]string{}
	for _, c := range mongostore.Schema() {
		if len(c.Shard) > 0 {
			shards[c.Name] = c.Shard[0].Key
		}
	}
	hot := map[string]bool{}
	for _, row := range g["Hot paths"] {
		collection, fields := row[0], strings.Split(row[2], ", ")
		hot[collection] = true
		slices.Sort(fields)
		if !sent[collection+": "+strings.Join(fields, ", ")] {
			t.Errorf("%s of %s: nothing asks by %s", row[1], collection, row[2])
		}
		if !slices.Contains(fields, shards[collection]) {
			t.Errorf("%s of %s: %s lacks the shard key's %q", row[1], collection, row[2], shards[collection])
		}
	}
	for name := range shards {
		if !hot[name] {
			t.Errorf("%s is sharded, and docs/scaling.md names no hot path of it", name)
		}
	}
}

// checkPlans explains each shape once, on a new database with all indexes.
func checkPlans(t *testing.T, commands []command) {
	uri := mustURI(t, replica)
	name := mustDatabase(t, uri)
	mustOpen(t, at(uri, name))
	db := mustClient(t, uri).Database(name)
	known := map[string]bool{}
	for _, c := range mongostore.Schema() {
		known[c.Name] = true
	}
	shapes := map[string]statement{}
	for _, c := range commands {
		for _, s := range c.statements() {
			if known[s.collection] {
				shapes[s.shape()] = s
			}
		}
	}
	if len(shapes) < 80 {
		t.Errorf("only %d shapes were recorded", len(shapes))
	}
	for shape, s := range shapes {
		var plan bson.D
		err := db.RunCommand(context.Background(), bson.D{
			{Key: "explain", Value: s.explain}, {Key: "verbosity", Value: "queryPlanner"},
		}).Decode(&plan)
		if err != nil {
			t.Errorf("explain %s: %v", shape, err)
			continue
		}
		if stages := planStages(plan); len(stages) == 0 || slices.Contains(stages, "COLLSCAN") {
			t.Errorf("%s\n is answered by %v", shape, stages)
		}
	}
}

// planStages are the stages of the winning plan.
func planStages(v any) []string {
	var stages []string
	switch v := v.(type) {
	case bson.D:
		for _, e := range v {
			if name, ok := e.Value.(string); ok && e.Key == "stage" {
				stages = append(stages, name)
			}
			if e.Key != "rejectedPlans" && e.Key != "command" {
				stages = append(stages, planStages(e.Value)...)
			}
		}
	case bson.A:
		for _, e := range v {
			stages = append(stages, planStages(e)...)
		}
	}
	return stages
}

// The tables of docs/scaling.md name every collection and index as the code has them.
func TestGuide(t *testing.T) {
	t.Parallel()
	g := mustGuide(t)
	var collections, indexes []string
	for _, c := range mongostore.Schema() {
		shard := "not sharded"
		if len(c.Shard) > 0 {
			shard = keysOf(c.Shard)
		}
		collections = append(collections, c.Name+": "+shard)
		for _, i := range c.Indexes {
			indexes = append(indexes, fmt.Sprintf("%s.%s: %s; %s", c.Name, i.Name, keysOf(i.Keys), kindOf(i)))
		}
	}
	var listed, listedIndexes []string
	for _, row := range g["Collections"] {
		listed = append(listed, row[0]+": "+row[1])
	}
	for _, row := range g["Indexes"] {
		listedIndexes = append(listedIndexes, fmt.Sprintf("%s.%s: %s; %s", row[0], row[1], row[2], row[3]))
	}
	same(t, "collections", strings.Join(listed, "\n"), strings.Join(collections, "\n"))
	same(t, "indexes", strings.Join(listedIndexes, "\n"), strings.Join(indexes, "\n"))
}

func keysOf(d bson.D) string {
	var keys []string
	for _, e := range d {
		keys = append(keys, e.Key)
	}
	return strings.Join(keys, ", ")
}

func kindOf(i mongostore.Index) string {
	var kinds []string
	if i.Unique {
		kinds = append(kinds, "unique")
	}
	for _, e := range i.Partial {
		condition := fmt.Sprintf("%s = %v", e.Key, e.Value)
		if above, ok := e.Value.(bson.D); ok {
			condition = fmt.Sprintf("%s > %#v", e.Key, above[0].Value)
		}
		kinds = append(kinds, "only "+condition)
	}
	return strings.Join(kinds, ", ")
}
