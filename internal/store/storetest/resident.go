package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

func testResidents(t *testing.T, set *store.Set) {
	d := documents[resident.Resident, *resident.Resident]{
		create: set.Residents.Create, get: set.Residents.Get, update: set.Residents.Update,
		fix:  func(r *resident.Resident) { r.Dirt = record.Dirt{} },
		text: func(r *resident.Resident) *string { return &r.Household },
	}
	d.contract(t)
	t.Run("Dirty", func(t *testing.T) {
		testDirt(t, dirt[resident.Resident, *resident.Resident]{
			documents: d, of: func(r *resident.Resident) *record.Dirt { return &r.Dirt },
			dirty: func(*resident.Resident) ([]resident.Resident, error) {
				return set.Residents.Dirty(t.Context(), 1000)
			},
			clean: set.Residents.Clean,
		})
	})
	t.Run("Many", func(t *testing.T) {
		a := d.make()
		must(t, set.Residents.Create(t.Context(), &a))
		diff(t, "Many", get[[]resident.Resident](t)(set.Residents.Many(t.Context(), []string{newHash(), a.ID})), []resident.Resident{a})
	})
	t.Run("Contacts", func(t *testing.T) { testResidentContacts(t, set) })
	t.Run("CreateMany", func(t *testing.T) { testCreateResidents(t, set) })
	t.Run("ToCheck", func(t *testing.T) { testToCheck(t, set) })
	t.Run("Page", func(t *testing.T) { testResidentPages(t, set) })
	t.Run("NewsReaders", func(t *testing.T) { testNewsReaders(t, set) })
	t.Run("PageWhileAdding", func(t *testing.T) { testPageWhileAdding(t, set) })
	t.Run("Texts", func(t *testing.T) {
		words := resident.ConsentText{ID: newHash(), Purpose: resident.ForNews, Locale: "vi", Version: 1, Words: "Tôi đồng ý"}
		must(t, set.Texts.PutText(t.Context(), words))
		changed := words
		changed.Words = "khác"
		must(t, set.Texts.PutText(t.Context(), changed))
		diff(t, "a text is never changed", get[resident.ConsentText](t)(set.Texts.Text(t.Context(), words.ID)), words)
		_, err := set.Texts.Text(t.Context(), newHash())
		wantErr(t, err, record.ErrAbsent)
	})
}

func residentNamed(unit, name string) resident.Resident {
	return resident.Resident{
		Head: record.Head{ID: newID()}, Unit: unit, Kind: resident.Person, Reach: resident.None,
		Name: name, Words: text.Words(name), SortKey: text.SortKey(name), CreatedAt: now,
	}
}

func testResidentContacts(t *testing.T, set *store.Set) {
	unit, contact := newID(), newHash()
	var ids []string
	for i, home := range []string{unit, unit, newID()} {
		r := residentNamed(home, fmt.Sprint("Người ", i))
		r.Contact, r.Contacts = contact, []string{contact, newHash()}
		must(t, set.Residents.Create(t.Context(), &r))
		ids = append(ids, r.ID)
	}
	here := slices.Sorted(slices.Values(ids[:2]))
	diff(t, "ByContact", residentIDs(get[[]resident.Resident](t)(set.Residents.ByContact(t.Context(), unit, contact))), here)
	slices.Sort(ids)
	diff(t, "WithContact", residentIDs(get[[]resident.Resident](t)(set.Residents.WithContact(t.Context(), contact, 9))), ids)
	diff(t, "at most", residentIDs(get[[]resident.Resident](t)(set.Residents.WithContact(t.Context(), contact, 2))), ids[:2])

	get[resident.Resident](t)(set.Residents.Update(t.Context(), here[0], func(r *resident.Resident) error {
		r.Contact, r.Contacts = "", nil
		return nil
	}))
	diff(t, "after erasing", residentIDs(get[[]resident.Resident](t)(set.Residents.ByContact(t.Context(), unit, contact))), here[1:])
}

// testCreateResidents: those that are there stay as they are, and the others
// are found by all that finds residents.
func testCreateResidents(t *testing.T, set *store.Set) {
	unit, contact := newID(), newHash()
	there := residentNamed(unit, "Đã Có")
	must(t, set.Residents.Create(t.Context(), &there))
	again := residentNamed(unit, "Khác")
	again.ID = there.ID
	list := []resident.Resident{again, residentNamed(unit, "Mới Một"), residentNamed(unit, "Mới Hai")}
	list[1].Contact, list[1].Contacts = contact, []string{contact}
	diff(t, "which were new", get[[]bool](t)(set.Residents.CreateMany(t.Context(), list)), []bool{false, true, true})
	diff(t, "which are when done again", get[[]bool](t)(set.Residents.CreateMany(t.Context(), list)), []bool{false, false, false})
	diff(t, "all by name", residentNames(t, set, resident.Filter{Unit: unit}, 9), []string{"Đã Có", "Mới Hai", "Mới Một"})
	diff(t, "by a word", residentNames(t, set, resident.Filter{Unit: unit, Prefix: "moi"}, 9), []string{"Mới Hai", "Mới Một"})
	diff(t, "by contact", residentIDs(get[[]resident.Resident](t)(set.Residents.ByContact(t.Context(), unit, contact))), []string{list[1].ID})
	diff(t, "of none", get[[]bool](t)(set.Residents.CreateMany(t.Context(), nil)), []bool(nil))
}

// testToCheck uses instants long before those of the other cases.
func testToCheck(t *testing.T, set *store.Set) {
	var want []string
	for _, at := range []calendar.Instant{70, 60, 0, 80, 81} {
		r := residentNamed(newID(), "Người")
		r.CheckAt = at
		must(t, set.Residents.Create(t.Context(), &r))
		if at > 0 {
			want = append(want, r.ID)
		}
	}
	want[0], want[1] = want[1], want[0]
	at := func(now calendar.Instant, limit int) []string {
		t.Helper()
		return residentIDs(get[[]resident.Resident](t)(set.Residents.ToCheck(t.Context(), now, limit)))
	}
	diff(t, "up to the instant", at(80, 1000), want[:3])
	diff(t, "limited", at(80, 1), want[:1])
	get[resident.Resident](t)(set.Residents.Update(t.Context(), want[0], func(r *resident.Resident) error {
		r.CheckAt = 0
		return nil
	}))
	diff(t, "seen to", at(80, 1000), want[1:3])
}

func testNewsReaders(t *testing.T, set *store.Set) {
	unit, other, village := newID(), newID(), newID()
	var here, there []string
	for i := range 8 {
		r := residentNamed(unit, fmt.Sprint("Người ", i))
		if r.News = i%4 != 0; i >= 5 {
			r.Village = village
		}
		if i == 7 {
			r.Unit = other
		}
		must(t, set.Residents.Create(t.Context(), &r))
		if r.News && r.Unit == unit {
			here = append(here, r.ID)
		}
		if r.News && r.Village == village {
			there = append(there, r.ID)
		}
	}
	slices.Sort(here)
	slices.Sort(there)
	readers := func(f resident.Readers, limit int) []string {
		var ids []string
		for after := ""; ; after = ids[len(ids)-1] {
			found := get[[]resident.Resident](t)(set.Residents.NewsReaders(t.Context(), f, after, limit))
			if ids = append(ids, residentIDs(found)...); len(found) < limit {
				return ids
			}
		}
	}
	for limit := 1; limit < 7; limit++ {
		diff(t, "of the unit", readers(resident.Readers{Unit: unit}, limit), here)
		diff(t, "of the village, whoever keeps them", readers(resident.Readers{Unit: unit, Village: village}, limit), there)
	}
	get[resident.Resident](t)(set.Residents.Update(t.Context(), here[0], func(r *resident.Resident) error {
		r.News = false
		return nil
	}))
	diff(t, "after withdrawing", readers(resident.Readers{Unit: unit}, 9), here[1:])
}

func residentIDs(rs []resident.Resident) []string {
	var ids []string
	for _, r := range rs {
		ids = append(ids, r.ID)
	}
	return ids
}

func residentNames(t *testing.T, set *store.Set, f resident.Filter, size int) []string {
	t.Helper()
	var names []string
	walk(t, size, func(r page.Request) (page.List[resident.Resident], error) {
		return set.Residents.Page(t.Context(), f, r)
	},
		func(r resident.Resident) { names = append(names, r.Name) })
	return names
}

func testResidentPages(t *testing.T, set *store.Set) {
	unit, village := newID(), newID()
	for _, name := range []string{"Trần Thị Đào", "Đặng Văn Bình", "Đặng Văn Bình", "K'Ho Brin", ""} {
		r := residentNamed(unit, name)
		if name == "K'Ho Brin" {
			r.Village = village
		}
		must(t, set.Residents.Create(t.Context(), &r))
	}
	want := []string{"", "Đặng Văn Bình", "Đặng Văn Bình", "K'Ho Brin", "Trần Thị Đào"}
	for size := 1; size <= 6; size++ {
		diff(t, fmt.Sprint("pages of ", size), residentNames(t, set, resident.Filter{Unit: unit}, size), want)
	}
	diff(t, "village", residentNames(t, set, resident.Filter{Unit: unit, Village: village}, 2), []string{"K'Ho Brin"})
	diff(t, "prefix", residentNames(t, set, resident.Filter{Unit: unit, Prefix: "d"}, 1), []string{"Đặng Văn Bình", "Đặng Văn Bình", "Trần Thị Đào"})
	diff(t, "prefix in a village", residentNames(t, set, resident.Filter{Unit: unit, Village: village, Prefix: "br"}, 1), []string{"K'Ho Brin"})
	diff(t, "another unit", residentNames(t, set, resident.Filter{Unit: newID(), Prefix: "d"}, 1), []string(nil))
}

// testPageWhileAdding: what was there at the start is shown exactly once,
// whatever comes before and behind the page.
func testPageWhileAdding(t *testing.T, set *store.Set) {
	unit := newID()
	const old = 20
	want := map[string]int{}
	for i := range old {
		name := fmt.Sprintf("m%02d", i)
		r := residentNamed(unit, name)
		must(t, set.Residents.Create(t.Context(), &r))
		want[name] = 1
	}
	seen := map[string]int{}
	added := 0
	walk(t, 3, func(r page.Request) (page.List[resident.Resident], error) {
		if added++; added <= old {
			for _, name := range []string{fmt.Sprintf("a%02d", added), fmt.Sprintf("z%02d", added)} {
				more := residentNamed(unit, name)
				must(t, set.Residents.Create(t.Context(), &more))
			}
		}
		return set.Residents.Page(t.Context(), resident.Filter{Unit: unit}, r)
	}, func(r resident.Resident) { seen[r.Name]++ })
	for name, n := range seen {
		if n != 1 {
			t.Errorf("%s was shown %d times", name, n)
		}
	}
	for name := range want {
		if seen[name] != 1 {
			t.Errorf("%s was shown %d times", name, seen[name])
		}
	}
}
