package reminder_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
)

// ruleOf is a rule "id" of an owner; e is the event, u its unit, p the province.
func ruleOf(owner, id string, set func(*reminder.Rule)) reminder.Rule {
	r := reminder.Rule{Owner: owner, Unit: owner, DaysBefore: 1, At: "19:00", LateMinutes: 60, OnUnknown: reminder.Resend, Channels: []string{"smtp"}}
	if owner == "e" {
		r.Unit = "u"
	}
	r.ID = id
	if set != nil {
		set(&r)
	}
	return r
}

func over(id string) func(*reminder.Rule) {
	return func(r *reminder.Rule) { *r = reminder.Rule{Head: r.Head, Owner: r.Owner, Unit: r.Unit, Overrides: id} }
}

func all(sets ...func(*reminder.Rule)) func(*reminder.Rule) {
	return func(r *reminder.Rule) {
		for _, set := range sets {
			set(r)
		}
	}
}

func off(r *reminder.Rule)       { r.Off = true }
func removed(r *reminder.Rule)   { r.Removed = true }
func volunteer(r *reminder.Rule) { r.Type = event.Volunteer }
func at(clock string) func(*reminder.Rule) {
	return func(r *reminder.Rule) { r.At = clock }
}

func TestEffective(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		rules []reminder.Rule
		want  string // id=own@time, "-" for what is off
	}{
		"nothing":           {nil, ""},
		"the event's own":   {[]reminder.Rule{ruleOf("e", "1", nil)}, "1=1@19:00"},
		"farthest first":    {[]reminder.Rule{ruleOf("e", "1", nil), ruleOf("u", "2", nil), ruleOf("p", "3", nil)}, "3=3@19:00 2=2@19:00 1=1@19:00"},
		"types after units": {[]reminder.Rule{ruleOf("p", "1", volunteer), ruleOf("u", "2", nil)}, "2=2@19:00 1=1@19:00"},
		"another type":      {[]reminder.Rule{ruleOf("p", "1", func(r *reminder.Rule) { r.Type = event.Health })}, ""},
		"somebody else's":   {[]reminder.Rule{ruleOf("x", "1", nil), ruleOf("other", "2", nil)}, ""},
		"removed":           {[]reminder.Rule{ruleOf("p", "1", removed)}, ""},
		"replaced":          {[]reminder.Rule{ruleOf("p", "1", nil), ruleOf("u", "2", all(over("1"), at("18:00")))}, "1=2@18:00"},
		"replaced twice": {[]reminder.Rule{ruleOf("p", "1", nil), ruleOf("u", "2", all(over("1"), at("18:00"))), ruleOf("e", "3", all(over("1"), at("17:00")))},
			"1=3@17:00"},
		"by a type":         {[]reminder.Rule{ruleOf("p", "1", nil), ruleOf("u", "2", all(over("1"), at("18:00"), volunteer))}, "1=2@18:00"},
		"time taken over":   {[]reminder.Rule{ruleOf("p", "1", nil), ruleOf("e", "2", all(over("1"), func(r *reminder.Rule) { r.LateMinutes = 5 }))}, "1=2@19:00"},
		"switched off":      {[]reminder.Rule{ruleOf("p", "1", nil), ruleOf("u", "2", all(over("1"), off))}, "-1=2@19:00"},
		"and on again":      {[]reminder.Rule{ruleOf("p", "1", nil), ruleOf("u", "2", all(over("1"), off)), ruleOf("e", "3", over("1"))}, "1=3@19:00"},
		"override removed":  {[]reminder.Rule{ruleOf("p", "1", nil), ruleOf("u", "2", all(over("1"), off, removed))}, "1=1@19:00"},
		"root removed":      {[]reminder.Rule{ruleOf("p", "1", removed), ruleOf("u", "2", all(over("1"), at("18:00")))}, "1=2@18:00"},
		"nothing left":      {[]reminder.Rule{ruleOf("p", "1", removed), ruleOf("u", "2", over("1"))}, "-1=2@"},
		"laid by two types": {[]reminder.Rule{ruleOf("p", "1", volunteer), ruleOf("u", "2", all(over("1"), at("18:00")))}, "1=1@19:00"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			held := reminder.Effective("e", event.Volunteer, []string{"u", "p"}, c.rules)
			if d := cmp.Diff(c.want, line(held)); d != "" {
				t.Error(d)
			}
		})
	}
}

func line(held []reminder.Held) string {
	var out []string
	for _, h := range held {
		mark := ""
		if h.Off {
			mark = "-"
		}
		out = append(out, mark+h.ID+"="+h.Own+"@"+h.At)
	}
	return strings.Join(out, " ")
}

func TestEffective_TakesOver(t *testing.T) {
	t.Parallel()
	far := ruleOf("p", "1", func(r *reminder.Rule) {
		r.Audience, r.LateMinutes, r.OnUnknown = []reminder.Audience{reminder.Waitlisted}, 7, reminder.Leave
		r.Channels = []string{"paper", "smtp"}
	})
	held := reminder.Effective("e", "", []string{"u", "p"}, []reminder.Rule{far, ruleOf("e", "2", all(over("1"), at("18:00")))})
	got := held[0]
	want := far
	want.Owner, want.Unit, want.Overrides, want.At, want.DaysBefore = "e", "u", "1", "18:00", 0
	if d := cmp.Diff(want, got.Rule); d != "" {
		t.Error(d)
	}
	alone := reminder.Effective("e", "", nil, []reminder.Rule{ruleOf("e", "2", all(over("1"), at("18:00")))})[0]
	if alone.LateMinutes != 120 || alone.OnUnknown != reminder.Resend || !alone.Covers(reminder.Registered) {
		t.Errorf("without what it overrides: %+v, want the defaults", alone)
	}
}

// Whatever the rules are: ids are unique, at most MaxEffective hold, nobody
// else's count, the order of the input does not matter, and laying a rule of
// the event over one changes that one alone.
func TestEffective_Properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := []string{"a", "b", "c", "d", "e1", "f", "g", "h", "i", "j", "k", "l", "m", "n"}
		var rules []reminder.Rule
		for _, id := range ids {
			r := ruleOf(rapid.SampledFrom([]string{"e", "u", "p", "x"}).Draw(t, "owner"), id, nil)
			r.Overrides = rapid.SampledFrom(append([]string{"", "", "gone"}, ids...)).Draw(t, "overrides")
			r.Off = r.Overrides != "" && rapid.Bool().Draw(t, "off")
			r.Removed = rapid.IntRange(0, 5).Draw(t, "removed") == 0
			if r.Owner != "e" && rapid.Bool().Draw(t, "typed") {
				r.Type = event.Volunteer
			}
			rules = append(rules, r)
		}
		above := []string{"u", "p"}
		held := reminder.Effective("e", event.Volunteer, above, rules)
		seen := map[string]bool{}
		for _, h := range held {
			if seen[h.ID] || h.Owner == "x" || h.Removed || h.LateMinutes == 0 || h.ID != h.Own && h.ID != h.Overrides {
				t.Fatalf("held %+v", h)
			}
			seen[h.ID] = true
		}
		if n := len(reminder.Living(held)); n > reminder.MaxEffective {
			t.Fatalf("%d hold", n)
		}
		shuffled := rapid.Permutation(rules).Draw(t, "order")
		if d := cmp.Diff(line(held), line(reminder.Effective("e", event.Volunteer, above, shuffled))); d != "" {
			t.Fatal("the order of the rules matters:", d)
		}
		if len(held) == 0 {
			return
		}
		one := rapid.SampledFrom(held).Draw(t, "one")
		last := ruleOf("e", "zz", all(over(one.ID), off))
		then := reminder.Effective("e", event.Volunteer, above, append(slices.Clone(rules), last))
		if strings.Contains(" "+line(then), " "+one.ID+"=") || !strings.Contains(" "+line(then), " -"+one.ID+"=zz@") {
			t.Fatalf("%s was switched off, and %s holds", one.ID, line(then))
		}
	})
}
