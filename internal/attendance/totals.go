package attendance

// Fold sums entries up. Scans by code and by name always bear a registration
// when they are made, so that Registered stays what it was when links from
// person to attendance have been dissolved.
func Fold(entries []Entry) Totals {
	var f folder
	f.add(entries)
	return f.totals()
}

type folder struct {
	people, registered int
	bySource           map[Source]int
	bySlot, byVillage  map[string]int
}

func (f *folder) add(entries []Entry) {
	if f.bySource == nil {
		f.bySource, f.bySlot, f.byVillage = map[Source]int{}, map[string]int{}, map[string]int{}
	}
	for _, e := range entries {
		f.people += e.People
		f.bySource[e.Source] += e.People
		f.bySlot[e.Slot] += e.People
		f.byVillage[e.Village] += e.People
		if e.Source.byPerson() {
			f.registered += e.People
		}
	}
}

func (f *folder) totals() Totals {
	t := Totals{People: f.people, Registered: f.registered, BySource: f.bySource, BySlot: f.bySlot}
	for village, people := range f.byVillage {
		if village != "" && people > 0 {
			t.Villages++
		}
	}
	return t
}

// byPerson reports whether such an entry stands for one registration.
func (s Source) byPerson() bool { return s == QR || s == Name }

// Sources is the closed list.
func Sources() []Source { return []Source{QR, Name, Tally, Paper, Online} }
