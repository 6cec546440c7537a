package survey

import (
	"slices"
	"strconv"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

// MaxItems is how many questions on the scale a survey may have; the open text
// comes besides.
const MaxItems = 5

// maxWords is how many characters one question may have.
const maxWords = 200

// Keys of the standard questions. The words of each are the message
// "survey.item.<key>".
const (
	KeyOverall   = "overall"
	KeyListened  = "listened"
	KeyUseful    = "useful"
	KeyOrganised = "organised"
)

// StandardItems is what a survey asks unless its organizer says otherwise.
func StandardItems() []Item {
	keys := StandardKeys()
	items := make([]Item, len(keys))
	for i, key := range keys {
		items[i] = Item{ID: key, Key: key}
	}
	return items
}

// StandardKeys lists the keys of the standard questions, the overall one first.
func StandardKeys() []string {
	return []string{KeyOverall, KeyListened, KeyUseful, KeyOrganised}
}

// CheckItems gives the items with their words cleaned, or one Invalid error
// that names every refused one: 1 to MaxItems, the first the overall question,
// each either of the standard set or with words in Vietnamese.
func CheckItems(items []Item) ([]Item, error) {
	var check fault.Check
	if len(items) == 0 || len(items) > MaxItems {
		check.Add("items", "survey.items_count", "max", MaxItems)
		return nil, check.Err()
	}
	if items[0].Key != KeyOverall {
		check.Add("items.0", "survey.overall_first")
	}
	clean := make([]Item, len(items))
	seen := map[string]bool{}
	for i, item := range items {
		clean[i] = checkItem(&check, "items."+strconv.Itoa(i), item)
		if seen[clean[i].ID] {
			check.Add("items."+strconv.Itoa(i), "survey.item_twice")
		}
		seen[clean[i].ID] = true
	}
	return clean, check.Err()
}

func checkItem(check *fault.Check, field string, item Item) Item {
	if item.Key != "" {
		if !isStandard(item.Key) {
			check.Add(field, "survey.item_unknown")
		}
		return Item{ID: item.Key, Key: item.Key}
	}
	words := make(map[string]string, len(item.Words))
	for locale, w := range item.Words {
		line, err := text.Line(w, maxWords)
		if err != nil {
			check.Add(field, "survey.item_words", "max", maxWords)
		}
		words[locale] = line
	}
	if words["vi"] == "" {
		check.Add(field, "survey.item_words", "max", maxWords)
	}
	return Item{ID: itemID(words["vi"]), Words: words}
}

func isStandard(key string) bool {
	return slices.Contains(StandardKeys(), key)
}
