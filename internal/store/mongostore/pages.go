package mongostore

import (
	"context"
	"encoding/hex"
	"strconv"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/sunday-with-the-people/sunday/internal/page"
)

// column is one field of a list's order.
type column struct {
	field string
	down  bool
	// parse turns the text of a page.Key into what is stored.
	parse func(string) (any, error)
}

func text(field string) column {
	return column{field: field, parse: func(s string) (any, error) { return s, nil }}
}

func number(field string) column {
	return column{field: field, parse: func(s string) (any, error) {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return nil, page.ErrCursor
		}
		return n, nil
	}}
}

// sortKeyColumn is the order by name; the page.Key holds the plain bytes.
func sortKeyColumn() column {
	return column{field: "sort_hex", parse: func(s string) (any, error) {
		return hex.EncodeToString([]byte(s)), nil
	}}
}

func (c column) descending() column {
	c.down = true
	return c
}

func digits[N ~int64 | ~int](n N) string { return strconv.FormatInt(int64(n), 10) }

func key(values ...string) page.Key { return page.Key{Values: values} }

func sortOf(order []column) bson.D {
	d := make(bson.D, len(order))
	for i, c := range order {
		d[i] = is(c.field, 1)
		if c.down {
			d[i] = is(c.field, -1)
		}
	}
	return d
}

func parseKey(order []column, after *page.Key) (bson.A, error) {
	if len(after.Values) != len(order) {
		return nil, page.ErrCursor
	}
	values := make(bson.A, len(order))
	for i, c := range order {
		v, err := c.parse(after.Values[i])
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

type finder[T any] func(ctx context.Context, filter, sort bson.D, limit int) ([]T, error)

// seek lists what comes after a key: first what equals it in all columns but
// the last, then what equals it in all but the last two, and so on. Each step
// is one range of one index, whatever the number of equals; an $or over them
// would leave that to the server's planner.
func seek[T any](ctx context.Context, find finder[T], filter bson.D, order []column, after *page.Key, limit int) ([]T, error) {
	if after == nil {
		return find(ctx, filter, sortOf(order), limit)
	}
	values, err := parseKey(order, after)
	if err != nil {
		return nil, err
	}
	var out []T
	for n := len(order) - 1; n >= 0 && len(out) < limit; n-- {
		step := filter
		for i := range n {
			step = narrowed(step, order[i].field, "$eq", values[i])
		}
		operator := "$gt"
		if order[n].down {
			operator = "$lt"
		}
		more, err := find(ctx, narrowed(step, order[n].field, operator, values[n]), sortOf(order), limit-len(out))
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// pageOf reads one page and one item more, which only tells that there is a next page.
func pageOf[T any](ctx context.Context, find finder[T], filter bson.D, order []column, r page.Request, at func(T) page.Key) (page.List[T], error) {
	items, err := seek(ctx, find, filter, order, r.After, r.Size()+1)
	if err != nil {
		return page.List[T]{}, err
	}
	return page.Cut(items, r.Size(), at), nil
}
