package emulation_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
)

const cut = calendar.Instant(1000)

var who = emulation.Subject{Unit: "commune", Scope: []string{"commune", "province"}}

func mustTable(tb testing.TB) emulation.Table {
	tb.Helper()
	t, err := emulation.DefaultTable(2026)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func planned(event string, month int) emulation.Fact {
	return emulation.Fact{ID: "p-" + event, Kind: emulation.Planned, Unit: "commune", Event: event, Year: 2026, Month: month, At: 10}
}

func reported(event string, required, given int) emulation.Fact {
	return emulation.Fact{
		ID: "r-" + event, Kind: emulation.Reported, Unit: "commune", Event: event, Year: 2026, Month: 11, At: 20,
		NoticeRequired: required, NoticeGiven: given,
	}
}

func surveyed(event string, counts ...int) emulation.Fact {
	return emulation.Fact{
		ID: "s-" + event, Kind: emulation.Surveyed, Unit: "commune", Event: event, Year: 2026, Month: 11, At: 30,
		Answers: 40, Histogram: [][]int{counts, {9, 9, 9, 9, 9}},
	}
}

// year is a small year, whose figures are reckoned by hand below: four events
// were planned (a, b, c, d), d was cancelled, three were held.
func year() []emulation.Fact {
	return []emulation.Fact{
		planned("a", 10), planned("b", 11), planned("c", 11), planned("d", 12),
		{ID: "c-d", Kind: emulation.Cancelled, Unit: "commune", Event: "d", Year: 2026, Month: 12, At: 15},
		reported("a", 3, 5), reported("b", 3, 3), reported("c", 7, 6),
		surveyed("a", 1, 2, 3, 10, 14), surveyed("b", 0, 0, 2, 3, 5),
	}
}

func mustCompute(tb testing.TB, facts []emulation.Fact, p emulation.Period) emulation.Card {
	tb.Helper()
	card, err := emulation.Compute(mustTable(tb), facts, who, p, cut)
	if err != nil {
		tb.Fatal(err)
	}
	return card
}

func lineOf(tb testing.TB, c emulation.Card, criterion string) emulation.Line {
	tb.Helper()
	for _, l := range c.Lines {
		if l.Criterion == criterion {
			return l
		}
	}
	tb.Fatalf("the card has no line %s", criterion)
	return emulation.Line{}
}

// TestCompute_ByHand: 3 of 4 events held, 750 thousandths of 25 points, 18.75;
// 2 of 3 announced in time (a and b; c is a day short), 667 thousandths of 20
// points, 13.34; 32 of 40 answers satisfied (24 of 30 and 8 of 10), 800
// thousandths of 20 points, 16. In all 48.09 of 65.
func TestCompute_ByHand(t *testing.T) {
	t.Parallel()
	card := mustCompute(t, year(), emulation.Period{Year: 2026})
	n := func(v int64) *int64 { return &v }
	want := map[string]emulation.Line{
		"held": {Criterion: "held", Max: 25000, Auto: n(18750), Numerator: 3, Denominator: 4,
			Facts: []string{"p-a", "r-a", "p-b", "r-b", "p-c", "r-c", "p-d"}},
		"notice": {Criterion: "notice", Max: 20000, Auto: n(13340), Numerator: 2, Denominator: 3,
			Facts: []string{"r-a", "r-b", "r-c"}},
		"satisfied": {Criterion: "satisfied", Max: 20000, Auto: n(16000), Numerator: 32, Denominator: 40,
			Facts: []string{"s-a", "s-b"}},
		"reach": {Criterion: "reach", Max: 5000},
	}
	for id, line := range want {
		if diff := cmp.Diff(line, lineOf(t, card, id)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
	if card.Automatic != 48090 || card.OutOf != 65000 {
		t.Errorf("in all %d of %d, want 48090 of 65000", card.Automatic, card.OutOf)
	}
	if card.State != emulation.CardDraft || card.Table != "2026.1" || card.Period != "2026" || card.Cut != cut {
		t.Errorf("the card is %s by %s for %s at %d", card.State, card.Table, card.Period, card.Cut)
	}
}

func TestCompute_Month(t *testing.T) {
	t.Parallel()
	card := mustCompute(t, year(), emulation.Period{Year: 2026, Month: 11})
	if l := lineOf(t, card, "held"); l.Numerator != 2 || l.Denominator != 2 {
		t.Errorf("held in November: %d of %d, want 2 of 2", l.Numerator, l.Denominator)
	}
	if l := lineOf(t, card, "notice"); l.Numerator != 1 || l.Denominator != 2 {
		t.Errorf("notice in November: %d of %d, want 1 of 2", l.Numerator, l.Denominator)
	}
	if l := lineOf(t, card, "satisfied"); l.Denominator != 40 {
		t.Errorf("satisfied rests on %d answers, want the year's 40", l.Denominator)
	}
}

func TestCompute_Samples(t *testing.T) {
	t.Parallel()
	few := []emulation.Fact{planned("a", 11), reported("a", 0, -1), surveyed("a", 0, 0, 0, 4, 25)}
	card := mustCompute(t, few, emulation.Period{Year: 2026})
	l := lineOf(t, card, "satisfied")
	if l.Auto != nil || l.Why != emulation.WhySmallSample || l.Numerator != 0 || l.Denominator != 29 {
		t.Errorf("29 answers give %+v", l)
	}
	if card.OutOf != 45000 {
		t.Errorf("out of %d, want 45000 without the line that has no score", card.OutOf)
	}
	few[2] = surveyed("a", 0, 0, 0, 5, 25)
	if l := lineOf(t, mustCompute(t, few, emulation.Period{Year: 2026}), "satisfied"); l.Auto == nil || *l.Auto != 20000 {
		t.Errorf("30 answers give %+v", l)
	}
	if l := lineOf(t, mustCompute(t, few, emulation.Period{Year: 2026}), "notice"); l.Auto == nil || *l.Auto != 0 {
		t.Errorf("no notice where none is required gives %+v, want 0", l)
	}
	empty := mustCompute(t, nil, emulation.Period{Year: 2026})
	for _, l := range empty.Lines {
		if l.Auto != nil {
			t.Errorf("%s has %d points from nothing", l.Criterion, *l.Auto)
		}
	}
	if l := lineOf(t, empty, "held"); l.Why != emulation.WhyNoEvents {
		t.Errorf("a year without events says %q", l.Why)
	}
}

func TestCompute_LeavesOut(t *testing.T) {
	t.Parallel()
	p := emulation.Period{Year: 2026}
	want := mustCompute(t, year(), p)
	late, foreign, other := planned("x", 11), planned("y", 11), planned("z", 11)
	late.At = cut + 1
	foreign.Unit = "elsewhere"
	other.Year = 2025
	got := mustCompute(t, append(year(), late, foreign, year()[0]), p)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("facts after the cut, of others, and there twice changed the card:\n%s", diff)
	}
	if l := lineOf(t, mustCompute(t, append(year(), other), p), "held"); l.Denominator != 4 {
		t.Errorf("an event planned for 2025 counts in 2026: %d", l.Denominator)
	}
}

// TestCompute_SameBytes: whatever the order and whatever a store makes of empty
// lists, the same facts give the same bytes.
func TestCompute_SameBytes(t *testing.T) {
	t.Parallel()
	p := emulation.Period{Year: 2026}
	want := mustMarshal(t, mustCompute(t, year(), p))
	rapid.Check(t, func(rt *rapid.T) {
		facts := year()
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		r.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
		if rapid.Bool().Draw(rt, "empty scope") {
			facts[0].Scope = []string{}
		}
		if got := mustMarshal(t, mustCompute(t, facts, p)); got != want {
			rt.Fatalf("got  %s\nwant %s", got, want)
		}
	})
	changed := year()
	changed[6].NoticeGiven++
	if got := mustCompute(t, changed, p); got.Digest == mustCompute(t, year(), p).Digest {
		t.Error("another fact gives the same digest")
	}
}

// TestCompute_Bounds: any facts at all give every automatic line 0 to Max.
func TestCompute_Bounds(t *testing.T) {
	t.Parallel()
	kinds := []emulation.FactKind{emulation.Planned, emulation.Cancelled, emulation.Restored, emulation.Reported, emulation.Surveyed}
	rapid.Check(t, func(rt *rapid.T) {
		var facts []emulation.Fact
		for i := range rapid.IntRange(0, 30).Draw(rt, "facts") {
			facts = append(facts, emulation.Fact{
				ID: string(rune('a' + i)), Unit: "commune", Year: 2026,
				Kind:  rapid.SampledFrom(kinds).Draw(rt, "kind"),
				Event: rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(rt, "event"),
				Month: rapid.IntRange(1, 12).Draw(rt, "month"), N: rapid.IntRange(0, 1).Draw(rt, "n"),
				NoticeRequired: rapid.IntRange(0, 10).Draw(rt, "required"), NoticeGiven: rapid.IntRange(-1, 10).Draw(rt, "given"),
				Histogram: [][]int{rapid.SliceOfN(rapid.IntRange(0, 50), 5, 5).Draw(rt, "histogram")},
			})
		}
		card := mustCompute(t, facts, emulation.Period{Year: 2026})
		var sum int64
		for _, l := range card.Lines {
			if l.Auto == nil {
				continue
			}
			sum += *l.Auto
			if *l.Auto < 0 || *l.Auto > l.Max || l.Numerator > l.Denominator {
				rt.Fatalf("%+v", l)
			}
		}
		if sum != card.Automatic {
			rt.Fatalf("the lines give %d, the card says %d", sum, card.Automatic)
		}
	})
}

func mustMarshal(tb testing.TB, c emulation.Card) string {
	tb.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}
