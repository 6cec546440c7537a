package demo_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/sim/demo"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/internal/sim/weeks"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// TestDemo_Weeks makes a small sample twice with one seed, once at a stretch and
// once with a stop in the middle, as by Ctrl-C. The same is in both, every past
// Sunday came to its end, nothing of the past is left for the running worker,
// and the rules of the ledger hold.
func TestDemo_Weeks(t *testing.T) {
	t.Parallel()
	one, other := t.TempDir(), t.TempDir()
	d := made(t, one, 0)
	stopped(t, other)
	made(t, other, 1)
	if diff := cmp.Diff(dump(t, one), dump(t, other)); diff != "" {
		t.Errorf("the same seed made something else (-one +other):\n%s", diff)
	}
	states := map[event.State]int{}
	for _, e := range eventsOf(t, d) {
		states[e.State]++
		if e.State == event.Published && e.StartAt <= calendar.FromTime(monday) {
			t.Errorf("the Sunday of %s is over and still published", e.LocalStart)
		}
	}
	if states[event.Published] != 2*units || states[event.Reported] < 5*units {
		t.Errorf("Sundays by state: %v", states)
	}
	closed, answers := surveysOf(t, d)
	if closed < 3*units || answers < 30*units {
		t.Errorf("%d surveys are closed, with %d answers", closed, answers)
	}
	opensNewestSurvey(t, d)
	for _, u := range unitsOf(t, d) {
		card := must(d.App.Store().Cards.Card(t.Context(), emulation.CardID(u, emulation.Period{Year: 2026})))(t)
		if card.OutOf < 45_000 || card.Automatic == 0 {
			t.Errorf("a scorecard has %d of %d", card.Automatic, card.OutOf)
		}
	}
	for _, v := range oracle.Check(historyOf(t, d)) {
		if slices.Contains(lasting, v.Rule) {
			t.Errorf("the past breaks a rule: %v", v)
		}
	}
}

// lasting are the rules that rows and facts of weeks ago can still be held to.
// The others are of what was so when a mail was handed over, and of its words.
var lasting = []string{"L1", "L2", "L6", "L8", "L10", "L12"}

// stopped makes the first unit of a sample and no more.
func stopped(t *testing.T, dir string) {
	t.Helper()
	d := mustOpen(t, dir, monday)
	ctx, stop := context.WithCancel(t.Context())
	err := d.Make(ctx, func(made int) {
		if made == 1 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) || d.Made() != 1 {
		t.Errorf("stopped with %d units made: %v", d.Made(), err)
	}
	check(t, d.Close())
}

// made is a sample made to its end, of which some units are there already.
func made(t *testing.T, dir string, already int) *demo.Demo {
	t.Helper()
	d := mustOpen(t, dir, monday)
	t.Cleanup(func() { check(t, d.Close()) })
	var told []int
	check(t, d.Make(t.Context(), func(made int) { told = append(told, made) }))
	if want := []int{0, 1, units}[already:]; !slices.Equal(told, want) {
		t.Errorf("the progress is %v, want %v", told, want)
	}
	if got := countsOf(t, d); got != (counts{Sundays: 8 * units, Residents: residents, Villages: 5 + 4}) {
		t.Errorf("there are %+v", got)
	}
	return d
}

// same are what a seed decides, table by table: whatever the database numbers,
// seals or hashes for itself aside.
var same = []string{
	"SELECT id, login, unit FROM accounts WHERE login <> ''",
	"SELECT id, unit, village, json_extract(doc, '$.name'), json_extract(doc, '$.locale') FROM residents",
	// Some are called from a list.
	"SELECT json_extract(doc, '$.kind') FROM contacts WHERE json_extract(doc, '$.kind') = 'phone'",
	"SELECT id, state, json_extract(doc, '$.title'), json_extract(doc, '$.local_start'), json_extract(doc, '$.approved_at') FROM events",
	"SELECT id, state, event, resident, json_extract(doc, '$.party') FROM registrations",
	"SELECT id, event, doc FROM attendance",
	"SELECT event, json_extract(doc, '$.levels'), json_extract(doc, '$.text') FROM survey_answers",
	// The running program writes when it counted.
	"SELECT id, unit, json_remove(doc, '$.at') FROM count_facts",
	"SELECT rule, occurrence, recipient, round, state, reason, due, ended_at FROM ledger",
}

func dump(t *testing.T, dir string) []string {
	t.Helper()
	db := must(sql.Open("sqlite", filepath.Join(dir, "sunday.db")))(t)
	defer func() { check(t, db.Close()) }()
	var lines []string
	for _, q := range same {
		some := linesOf(t, db, "SELECT concat_ws(' | ', "+strings.Replace(strings.TrimPrefix(q, "SELECT "), " FROM", ") FROM", 1))
		if len(some) == 0 {
			t.Errorf("nothing is in %s", q)
		}
		slices.Sort(some)
		lines = append(lines, some...)
	}
	return lines
}

func linesOf(t *testing.T, db *sql.DB, query string) (lines []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	check(t, err)
	defer func() { check(t, rows.Close()) }()
	for rows.Next() {
		var line string
		check(t, rows.Scan(&line))
		lines = append(lines, line)
	}
	check(t, rows.Err())
	return lines
}

var surveyPath = regexp.MustCompile(outreach.SurveyPath + `([0-9a-f-]+)/([A-Za-z0-9_-]+)`)

// opensNewestSurvey wants the newest mail that asks about a Sunday to lead to a
// form, as long as the survey is open: whoever tries the demo opens that one, and
// it is no use where the sample has answered it.
func opensNewestSurvey(t *testing.T, d *demo.Demo) {
	t.Helper()
	asked := map[string]bool{}
	for _, m := range slices.Backward(d.Mails()) {
		link := surveyPath.FindStringSubmatch(m.Text)
		if link == nil || asked[link[1]] {
			continue
		}
		if v := must(d.App.Store().Surveys.Get(t.Context(), link[1]))(t); v.State != survey.Open {
			continue
		}
		asked[link[1]] = true
		_, err := d.App.Services.Surveys.Form(t.Context(), link[1], link[2])
		check(t, err)
	}
	if len(asked) < 2 {
		t.Errorf("%d Sundays are asked about", len(asked))
	}
}

func surveysOf(t *testing.T, d *demo.Demo) (closed, answers int) {
	t.Helper()
	for _, e := range eventsOf(t, d) {
		v, err := d.App.Store().Surveys.Get(t.Context(), e.ID)
		if err == nil && v.State == survey.Closed && v.Result != nil {
			closed++
			answers += v.Result.Answers
		}
	}
	return closed, answers
}

// historyOf is what became of the past Sundays, as the oracle reads it. What was
// sent was accepted: the demo's mail server takes everything.
func historyOf(t *testing.T, d *demo.Demo) oracle.History {
	t.Helper()
	set := d.App.Store()
	h := oracle.History{End: notifications.Millis(monday.Add(time.Hour).UnixMilli())}
	for _, e := range eventsOf(t, d) {
		if e.StartAt > calendar.FromTime(monday) {
			continue
		}
		rows := must(set.Ledger.BySubject(t.Context(), e.Part, e.ID, nil))(t)
		h.Rows = append(h.Rows, rows...)
		facts := map[string]oracle.Facts{}
		for _, r := range rows {
			who := outreach.ResidentOf(r.Recipient)
			if !r.Closed() || r.EndedAt > h.End {
				t.Errorf("row %s of %s is %s", r.Rule, e.LocalStart, r.State)
			}
			if facts[who].Event.ID == "" {
				facts[who] = must(weeks.FactsOf(t.Context(), set, e.ID, who))(t)
			}
			if r.State == notifications.Sent {
				h.HandOvers = append(h.HandOvers, oracle.HandOver{At: r.EndedAt, Row: r, Facts: facts[who], Outcome: oracle.Accepted})
			}
		}
		for _, f := range facts {
			h.Facts = append(h.Facts, f)
		}
	}
	slices.SortFunc(h.HandOvers, func(a, b oracle.HandOver) int { return int(a.At - b.At) })
	return h
}
