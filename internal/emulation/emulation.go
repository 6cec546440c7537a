package emulation

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// FactKind says what a count fact counts.
type FactKind string

// Kinds of count facts.
const (
	// Planned is written when an event is approved.
	Planned FactKind = "planned"
	// Cancelled is written when an approved event is cancelled, and Restored when it is restored.
	Cancelled FactKind = "cancelled"
	Restored  FactKind = "restored"
	// Reported is written when the report is filed.
	Reported FactKind = "reported"
	// Surveyed is written when the survey closes.
	Surveyed FactKind = "surveyed"
)

// Fact is an immutable count. It names no person, so that erasing people
// changes no score.
type Fact struct {
	// ID is hash(kind, event, seq of the kind for that event).
	ID    string   `json:"_id"`
	Kind  FactKind `json:"kind"`
	Unit  string   `json:"unit"`
	Event string   `json:"event"`
	// Scope is the event's, for reading a subtree.
	Scope []string `json:"scope"`
	// Year and Month of the event's local start when the fact was written.
	Year  int `json:"year"`
	Month int `json:"month"`
	// N tells facts of one kind and event apart, from 0.
	N  int              `json:"n,omitempty"`
	At calendar.Instant `json:"at"`

	EventType string `json:"event_type,omitempty"`
	// Reported facts.
	People     int `json:"people,omitempty"`
	Households int `json:"households,omitempty"`
	Villages   int `json:"villages,omitempty"`
	// NoticeRequired and NoticeGiven are days before the start; NoticeGiven is -1 for none.
	NoticeRequired int `json:"notice_required,omitempty"`
	NoticeGiven    int `json:"notice_given,omitempty"`
	// ReportOnTime is whether the report came within the table's days.
	ReportOnTime bool `json:"report_on_time,omitempty"`
	// Surveyed facts: answers and per item the counts per level.
	Answers   int     `json:"answers,omitempty"`
	Histogram [][]int `json:"histogram,omitempty"`
}

// Table is one version of a score table. A used version is never changed.
type Table struct {
	// ID is "YEAR.VERSION".
	record.Head `bson:",inline"`
	Year        int     `json:"year"`
	Version     int     `json:"version"`
	Groups      []Group `json:"groups"`
	// MinSample is the number of answers from which satisfaction is scored.
	MinSample int `json:"min_sample"`
	// ReportDays is within how many days after the end a report is on time.
	ReportDays int `json:"report_days"`
	// Frozen is set when a scorecard is pinned to it.
	Frozen bool `json:"frozen,omitempty"`
}

// Group of criteria.
type Group struct {
	ID       string            `json:"id"`
	Names    map[string]string `json:"names"`
	Criteria []Criterion       `json:"criteria"`
}

// Criterion gives points by a formula over named metrics, or by hand.
type Criterion struct {
	ID    string            `json:"id"`
	Names map[string]string `json:"names"`
	// Max in thousandths of a point.
	Max int64 `json:"max"`
	// Formula in expr over metrics; its value is a share 0 to 1000 thousandths of
	// Max. Empty for a criterion that people score by hand.
	Formula string `json:"formula,omitempty"`
	// Needs are metrics that must have a sample; without it the criterion has no score.
	Needs []string `json:"needs,omitempty"`
}

// CardState is where a scorecard stands.
type CardState string

// States of a scorecard.
const (
	CardDraft           CardState = "draft"
	CardSelfScored      CardState = "self_scored"
	CardSubmitted       CardState = "submitted"
	CardUnderAppraisal  CardState = "under_appraisal"
	CardReturned        CardState = "returned"
	CardAppraised       CardState = "appraised"
	CardClusterReviewed CardState = "cluster_reviewed"
	CardApproved        CardState = "approved"
	CardPublished       CardState = "published"
	CardAppealed        CardState = "appealed"
	CardDecided         CardState = "decided"
	CardLocked          CardState = "locked"
)

// Card is a unit's scorecard for one period.
type Card struct {
	// ID is hash(unit, period).
	record.Head `bson:",inline"`
	Unit        string   `json:"unit"`
	Scope       []string `json:"scope"`
	// Period is "2026" or "2026-11"; Table the id of the table's version.
	Period string    `json:"period"`
	Table  string    `json:"table"`
	State  CardState `json:"state"`
	// Cut is the data cut: facts written up to it are counted.
	Cut   calendar.Instant `json:"cut"`
	Lines []Line           `json:"lines"`
	// Automatic is the sum of the automatic lines that have a score, OutOf the
	// sum of their maxima; thousandths.
	Automatic int64 `json:"automatic"`
	OutOf     int64 `json:"out_of"`
	// Digest is the SHA-256 of the canonical inputs and lines: same inputs, same bytes.
	Digest string `json:"digest"`
}

// Line is one criterion of a card, self, appraised and approved side by side.
type Line struct {
	Criterion string `json:"criterion"`
	Max       int64  `json:"max"`
	// Auto is nil where there is no formula, or its sample is too small (Why says so).
	Auto *int64 `json:"auto,omitempty"`
	Why  string `json:"why,omitempty"`
	// Numerator and Denominator of the figure, Sample its answers.
	Numerator   int64 `json:"numerator"`
	Denominator int64 `json:"denominator"`
	// Facts are ids of the count facts that the figure came from.
	Facts []string `json:"facts,omitempty"`
	// Self, Appraised and Approved are scores that people gave, thousandths.
	Self      *int64 `json:"self,omitempty"`
	Appraised *int64 `json:"appraised,omitempty"`
	Approved  *int64 `json:"approved,omitempty"`
}

// CardFilter chooses cards. Scope or Unit has to be set.
type CardFilter struct {
	Scope, Unit, Period string
}

// Store keeps facts, tables and cards.
type Store interface {
	// PutFacts inserts; ids that are there already are left as they are.
	PutFacts(ctx context.Context, fs []Fact) error
	// Facts returns a unit's facts of a year up to the cut, ordered by at, id.
	Facts(ctx context.Context, unit string, year int, cut calendar.Instant) ([]Fact, error)
	// FactsOf returns the facts of one event, ordered by at, id.
	FactsOf(ctx context.Context, event string) ([]Fact, error)
	CreateTable(ctx context.Context, t *Table) error
	Table(ctx context.Context, id string) (Table, error)
	// Tables returns the versions of a year, newest first.
	Tables(ctx context.Context, year int) ([]Table, error)
	UpdateTable(ctx context.Context, id string, change func(*Table) error) (Table, error)
	// Touched returns unit and year of facts written at or after the instant,
	// each pair once, ordered; at most limit.
	Touched(ctx context.Context, since calendar.Instant, limit int) ([]UnitYear, error)
}

// UnitYear names whose card a fact belongs to.
type UnitYear struct {
	Unit string
	Year int
}

// Cards keeps scorecards.
type Cards interface {
	CreateCard(ctx context.Context, c *Card) error
	Card(ctx context.Context, id string) (Card, error)
	UpdateCard(ctx context.Context, id string, change func(*Card) error) (Card, error)
	// PageCards lists cards by period, unit, id.
	PageCards(ctx context.Context, f CardFilter, r page.Request) (page.List[Card], error)
}
