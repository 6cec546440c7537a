package mongostore_test

import (
	"context"
	"slices"
	"strings"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
)

// recorder keeps every command that a store sends.
type recorder struct {
	mu       sync.Mutex
	commands []command
}

type command struct {
	name string
	body bson.D
}

func (r *recorder) monitor() *event.CommandMonitor {
	return &event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
		var body bson.D
		if err := bson.Unmarshal(e.Command, &body); err != nil {
			panic(err) // the driver sends no such thing
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.commands = append(r.commands, command{e.CommandName, body})
	}}
}

// since returns the commands after the first n.
func (r *recorder) since(n int) []command {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.commands[n:])
}

func (r *recorder) count() int { return len(r.since(0)) }

func lookup(d bson.D, key string) any {
	for _, e := range d {
		if e.Key == key {
			return e.Value
		}
	}
	return nil
}

func (c command) collection() string {
	name, _ := c.body[0].Value.(string)
	return name
}

// statement is one filter that a command asks a collection.
type statement struct {
	command, collection string
	filter              bson.D
	// explain is the command that the server can explain.
	explain bson.D
}

func (c command) statements() []statement {
	one := func(filter any, rest ...bson.E) statement {
		f, _ := filter.(bson.D)
		explain := append(bson.D{{Key: c.name, Value: c.collection()}}, rest...)
		return statement{c.name, c.collection(), f, explain}
	}
	var all []statement
	switch c.name {
	case "find":
		s := one(lookup(c.body, "filter"))
		for _, key := range []string{"filter", "sort", "projection", "limit"} {
			if v := lookup(c.body, key); v != nil {
				s.explain = append(s.explain, bson.E{Key: key, Value: v})
			}
		}
		all = append(all, s)
	case "aggregate":
		stages := lookup(c.body, "pipeline").(bson.A)
		match := lookup(stages[0].(bson.D), "$match")
		all = append(all, one(match, bson.E{Key: "pipeline", Value: stages}, bson.E{Key: "cursor", Value: bson.D{}}))
	case "update", "delete":
		list := c.name + "s"
		for _, v := range lookup(c.body, list).(bson.A) {
			all = append(all, one(lookup(v.(bson.D), "q"), bson.E{Key: list, Value: bson.A{v}}))
		}
	}
	return all
}

// fields are the filter's fields, sorted, each once.
func (s statement) fields() string {
	var fields []string
	for _, e := range s.filter {
		fields = append(fields, e.Key)
	}
	slices.Sort(fields)
	return strings.Join(slices.Compact(fields), ", ")
}

// shape is the statement without its values.
func (s statement) shape() string {
	var b strings.Builder
	b.WriteString(s.command + " " + s.collection + " ")
	writeShape(&b, s.filter)
	if sort := lookup(s.explain, "sort"); sort != nil {
		b.WriteString(" sort ")
		writeShape(&b, sort)
	}
	return b.String()
}

func writeShape(b *strings.Builder, v any) {
	switch v := v.(type) {
	case bson.D:
		b.WriteString("{")
		for _, e := range v {
			b.WriteString(e.Key + ":")
			writeShape(b, e.Value)
		}
		b.WriteString("}")
	case bson.A:
		b.WriteString("[")
		if len(v) > 0 {
			writeShape(b, v[0])
		}
		b.WriteString("]")
	case bool:
		b.WriteString("flag ")
	default:
		b.WriteString(". ")
	}
}

// operators collects the keys that begin with a dollar sign, wherever they stand.
func operators(v any, into map[string]bool) {
	switch v := v.(type) {
	case bson.D:
		for _, e := range v {
			if strings.HasPrefix(e.Key, "$") {
				into[e.Key] = true
			}
			operators(e.Value, into)
		}
	case bson.A:
		for _, e := range v {
			operators(e, into)
		}
	}
}
