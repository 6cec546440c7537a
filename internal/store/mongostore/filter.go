package mongostore

import (
	"math"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// The words that filters, sorts and updates are made of. Every operator that
// this package sends is spelled here or next to the one command that needs it.

func where(es ...bson.E) bson.D { return es }

func is(field string, v any) bson.E { return bson.E{Key: field, Value: v} }

func op(field, operator string, v any) bson.E {
	return bson.E{Key: field, Value: bson.D{{Key: operator, Value: v}}}
}

func in[T any](field string, vs []T) bson.E {
	list := make(bson.A, len(vs))
	for i, v := range vs {
		list[i] = v
	}
	return op(field, "$in", list)
}

func above(field string, v any) bson.E   { return op(field, "$gt", v) }
func atLeast(field string, v any) bson.E { return op(field, "$gte", v) }
func below(field string, v any) bson.E   { return op(field, "$lt", v) }

// atMost bounds an integer by the next one above: the test server leaves out
// the equals of an inclusive bound inside a compound index, and for integers
// both say the same.
func atMost[N ~int64](field string, n N) bson.E {
	return below(field, min(int64(n), math.MaxInt64-1)+1)
}

// prefixBounds bounds a text that begins with the prefix; anyWord asks it of one
// element of an array of texts, where only $elemMatch keeps both bounds on the
// same element.
func prefixBounds(prefix string) bson.D {
	return where(is("$gte", prefix), is("$lt", prefix+lastRune))
}

func anyWord(field, prefix string) bson.E { return op(field, "$elemMatch", prefixBounds(prefix)) }

// lastRune sorts after every character that a text can go on with.
const lastRune = "\U0010FFFF"

// narrowed returns filter with one more condition. Conditions on one field
// share its document, since a key that occurs twice has no documented meaning.
func narrowed(filter bson.D, field, operator string, v any) bson.D {
	out := make(bson.D, 0, len(filter)+1)
	found := false
	for _, e := range filter {
		if e.Key == field {
			ops, ok := e.Value.(bson.D)
			if !ok {
				ops = where(is("$eq", e.Value))
			}
			e.Value = append(append(bson.D{}, ops...), is(operator, v))
			found = true
		}
		out = append(out, e)
	}
	if !found {
		out = append(out, op(field, operator, v))
	}
	return out
}

func ascending(fields ...string) bson.D {
	d := make(bson.D, len(fields))
	for i, f := range fields {
		d[i] = is(f, 1)
	}
	return d
}

func set(es ...bson.E) bson.E { return is("$set", bson.D(es)) }

func inc(field string, by int64) bson.E { return is("$inc", where(is(field, by))) }

func unset(fields ...string) bson.E {
	d := make(bson.D, len(fields))
	for i, f := range fields {
		d[i] = is(f, "")
	}
	return is("$unset", d)
}
