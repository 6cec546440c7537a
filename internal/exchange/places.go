package exchange

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/text"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Refusals of a place.
var (
	ErrUnit    = fault.New(fault.Invalid, "import.unit")
	ErrVillage = fault.New(fault.Invalid, "import.village")
	// ErrVillages: two villages of the unit have the name.
	ErrVillages = fault.New(fault.Invalid, "import.villages")
)

// UnitStore finds units; unit.Store is one.
type UnitStore interface {
	Get(ctx context.Context, id string) (unit.Unit, error)
	ByCode(ctx context.Context, code string) (unit.Unit, error)
	Page(ctx context.Context, f unit.Filter, r page.Request) (page.List[unit.Unit], error)
}

// Places finds units and villages as lists name them, and remembers them.
type Places struct {
	store    UnitStore
	units    map[string]string
	villages map[string]map[string][]string
}

// NewPlaces makes one for one list.
func NewPlaces(store UnitStore) *Places {
	return &Places{store: store, units: map[string]string{}, villages: map[string]map[string][]string{}}
}

// Unit gives the id of the unit with the state's code or the id, or ErrUnit. A
// code whose zeros a spreadsheet took away is found too.
func (p *Places) Unit(ctx context.Context, named string) (string, error) {
	if found, ok := p.units[named]; ok {
		return found, nil
	}
	u, err := p.store.ByCode(ctx, named)
	if errors.Is(err, record.ErrAbsent) && len(named) < codeDigits {
		u, err = p.store.ByCode(ctx, strings.Repeat("0", codeDigits-len(named))+named)
	}
	if errors.Is(err, record.ErrAbsent) && id.Valid(named) {
		u, err = p.store.Get(ctx, named)
	}
	if errors.Is(err, record.ErrAbsent) {
		return "", ErrUnit
	}
	if err == nil {
		p.units[named] = u.ID
	}
	return u.ID, err
}

// codeDigits is the length of the state's codes of communes.
const codeDigits = 5

// Village gives the id of a village of the unit, by its name in any language
// with or without "thôn" before it, by its code or by its id.
func (p *Places) Village(ctx context.Context, keeper, named string) (string, error) {
	if p.villages[keeper] == nil {
		index, err := p.index(ctx, keeper)
		if err != nil {
			return "", err
		}
		p.villages[keeper] = index
	}
	for _, name := range []string{named, text.Fold(named), bareName(named)} {
		switch found := p.villages[keeper][name]; len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return "", ErrVillages
		}
	}
	return "", ErrVillage
}

// index lists the villages of a unit under all that they may be called.
func (p *Places) index(ctx context.Context, keeper string) (map[string][]string, error) {
	index := map[string][]string{}
	put := func(name, id string) {
		if name != "" && !slices.Contains(index[name], id) {
			index[name] = append(index[name], id)
		}
	}
	req := page.Request{Limit: page.MaxLimit}
	for {
		list, err := p.store.Page(ctx, unit.Filter{Ancestor: keeper, Kind: unit.Village}, req)
		if err != nil {
			return nil, err
		}
		for _, v := range list.Items {
			put(v.ID, v.ID)
			put(text.Fold(v.Code), v.ID)
			for _, name := range v.Names {
				put(text.Fold(name), v.ID)
				put(bareName(name), v.ID)
			}
		}
		if req.After = list.Next; list.Next == nil {
			return index, nil
		}
	}
}

// villageWords stand before names of villages, and are often left out.
var villageWords = []string{"thon", "buon", "bon", "xom", "ap", "khom", "to dan pho", "khu pho", "tdp", "to", "lang", "ban"}

// bareName is a village's name without the word for what it is.
func bareName(name string) string {
	folded := text.Fold(name)
	for _, w := range villageWords {
		if rest, ok := strings.CutPrefix(folded, w+" "); ok {
			return rest
		}
	}
	return folded
}
