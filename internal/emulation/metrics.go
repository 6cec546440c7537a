package emulation

import (
	"cmp"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/survey"
)

// Names of the metrics, as formulas use them.
const (
	MetricHeld      = "held"
	MetricNotice    = "notice"
	MetricSatisfied = "satisfied"
)

// Whys are the reasons for which a line has no automatic score; the message of
// each is "scorecard.why.<why>".
const (
	WhyNoEvents    = "no_events"
	WhySmallSample = "small_sample"
)

// Whys is the closed list.
func Whys() []string { return []string{WhyNoEvents, WhySmallSample} }

// Metric is one automatic figure.
type Metric struct {
	Numerator, Denominator int64
	// Sample is how many events or answers it rests on, Least how many it needs.
	Sample, Least int64
	// Why says what is missing while Sample is below Least.
	Why string
	// Facts are the ids of the facts it was counted from, in order.
	Facts []string
}

// Enough reports whether the sample suffices for a score.
func (m Metric) Enough() bool { return m.Sample >= m.Least }

// Share is Numerator of Denominator in thousandths, rounded half up, 0 to 1000;
// 0 where there is nothing to divide by.
func (m Metric) Share() int64 { return ratio(m.Numerator, m.Denominator) }

// Metrics lists the names that formulas may use.
func Metrics() []string { return []string{MetricHeld, MetricNotice, MetricSatisfied} }

// Measure counts the metrics of a period from a unit's facts:
//   - held: of the events planned for the period, cancelled ones included, those
//     that were reported;
//   - notice: of those held, the ones announced at least as many days before as
//     is required;
//   - satisfied: of the answers to the overall question, those of level 4 and 5,
//     pooled over the year, since a month has too few of them.
func Measure(facts []Fact, p Period, minSample int) map[string]Metric {
	held := Metric{Least: 1, Why: WhyNoEvents}
	notice := Metric{Least: 1, Why: WhyNoEvents}
	satisfied := Metric{Least: int64(max(1, minSample)), Why: WhySmallSample}
	reports := byEvent(facts, Reported)
	for _, f := range facts {
		switch {
		case f.Kind == Planned && f.N == 0 && p.has(f):
			held.countHeld(f, reports)
			notice.countNotice(f, reports)
		case f.Kind == Surveyed && f.Year == p.Year:
			satisfied.countSatisfied(f)
		}
	}
	return map[string]Metric{MetricHeld: held, MetricNotice: notice, MetricSatisfied: satisfied}
}

func (m *Metric) countHeld(planned Fact, reports map[string]Fact) {
	m.Denominator++
	m.Sample++
	m.Facts = append(m.Facts, planned.ID)
	if report, ok := reports[planned.Event]; ok {
		m.Numerator++
		m.Facts = append(m.Facts, report.ID)
	}
}

func (m *Metric) countNotice(planned Fact, reports map[string]Fact) {
	report, ok := reports[planned.Event]
	if !ok {
		return
	}
	m.Denominator++
	m.Sample++
	m.Facts = append(m.Facts, report.ID)
	if report.NoticeGiven >= report.NoticeRequired {
		m.Numerator++
	}
}

func (m *Metric) countSatisfied(f Fact) {
	if len(f.Histogram) == 0 {
		return
	}
	satisfied, answers := survey.Satisfied(f.Histogram[0])
	m.Numerator += int64(satisfied)
	m.Denominator += int64(answers)
	m.Sample += int64(answers)
	m.Facts = append(m.Facts, f.ID)
}

func byEvent(facts []Fact, kind FactKind) map[string]Fact {
	found := map[string]Fact{}
	for _, f := range facts {
		if f.Kind == kind {
			found[f.Event] = f
		}
	}
	return found
}

// counted gives the unit's facts up to the cut, each once, by at and id: the
// order in which they were handed in makes no difference to a card.
func counted(facts []Fact, unit string, cut calendar.Instant) []Fact {
	var kept []Fact
	for _, f := range facts {
		if f.Unit == unit && f.At <= cut {
			kept = append(kept, f)
		}
	}
	slices.SortFunc(kept, func(a, b Fact) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
	return slices.CompactFunc(kept, func(a, b Fact) bool { return a.ID == b.ID })
}

// ratio is num of den in thousandths, 0 to 1000, rounded half up: 2 of 3 is 667.
func ratio(num, den int64) int64 {
	if den <= 0 || num <= 0 {
		return 0
	}
	if num >= den {
		return 1000
	}
	return (2*1000*num + den) / (2 * den)
}
