package sqlitestore

import (
	"strconv"

	"github.com/sunday-with-the-people/sunday/internal/page"
)

// after gives the values of a key as arguments of a statement, nil for the
// first page. kinds has one letter per value: t text, i integer, b bytes.
func after(k *page.Key, kinds string) ([]any, error) {
	if k == nil {
		return nil, nil
	}
	if len(k.Values) != len(kinds) {
		return nil, page.ErrCursor
	}
	args := make([]any, len(kinds))
	for i, v := range k.Values {
		switch kinds[i] {
		case 'i':
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				return nil, page.ErrCursor
			}
			args[i] = n
		case 'b':
			args[i] = bytesOf([]byte(v))
		default:
			args[i] = v
		}
	}
	return args, nil
}

func keyOf(values ...string) page.Key { return page.Key{Values: values} }

func decimal[N ~int64 | ~int](n N) string { return strconv.FormatInt(int64(n), 10) }

// clause collects the conditions of a WHERE.
type clause struct {
	text string
	args []any
}

func (c *clause) and(condition string, args ...any) {
	if c.text == "" {
		c.text = "WHERE "
	} else {
		c.text += " AND "
	}
	c.text += condition
	c.args = append(c.args, args...)
}
