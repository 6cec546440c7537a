package survey

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// State of a survey.
type State string

// States: planned -> opening -> open -> closed. Opening is open already, and
// says that its event is not touched yet, so that a kill in between leaves no
// survey that nobody is invited to. What never opened, because its event was
// cancelled, closes without a result.
const (
	Planned State = "planned"
	Opening State = "opening"
	Open    State = "open"
	Closed  State = "closed"
)

// Levels of the scale, 1 very dissatisfied to 5 very satisfied.
const Levels = 5

// MinShown and MinScored are the numbers of answers from which results are
// shown, and counted in a score.
const (
	MinShown  = 10
	MinScored = 30
)

// Item is one question on the 5-level scale.
type Item struct {
	ID string `json:"id"`
	// Key names a question of the standard set, whose words are in i18n.
	Key string `json:"key,omitempty"`
	// Words by locale, for a unit's own question.
	Words map[string]string `json:"words,omitempty"`
}

// Survey of one event; its id is the event's.
type Survey struct {
	record.Head `bson:",inline"`
	Part        int    `json:"part"`
	Unit        string `json:"unit"`
	State       State  `json:"state"`
	// Items are 1 to 5, the first is the overall satisfaction.
	Items []Item `json:"items"`
	// DelayHours after the event's end it opens, 24 to 72; kept so that OpensAt
	// moves with the event.
	DelayHours int              `json:"delay_hours"`
	OpensAt    calendar.Instant `json:"opens_at"`
	// ClosesAt is when codes stop to be valid.
	ClosesAt calendar.Instant `json:"closes_at"`
	// Invited counts codes made, in all.
	Invited int `json:"invited"`
	// Result is fixed when the survey closes.
	Result *Histogram `json:"result,omitempty"`
}

// Histogram counts answers per item and level.
type Histogram struct {
	Answers int `json:"answers"`
	// Counts[i][l-1] is the number of answers of level l to item i.
	Counts [][]int `json:"counts"`
}

// Answer has a random id and a day, and no link to code, registration or resident.
type Answer struct {
	ID    string `json:"_id"`
	Part  int    `json:"part"`
	Event string `json:"event"`
	// Day is the local date "2026-11-29", nothing finer.
	Day string `json:"day"`
	// Levels per item, 1 to 5, 0 for no answer.
	Levels []int  `json:"levels"`
	Text   string `json:"text,omitempty"`
	// Helped says that a helper filled the form.
	Helped bool `json:"helped,omitempty"`
}

// Store keeps surveys, codes and answers.
type Store interface {
	Create(ctx context.Context, s *Survey) error
	Get(ctx context.Context, event string) (Survey, error)
	Update(ctx context.Context, event string, change func(*Survey) error) (Survey, error)
	// Due returns surveys in the state whose OpensAt (planned) or ClosesAt
	// (opening, open) is not after now, ordered by that time, then id.
	Due(ctx context.Context, s State, now calendar.Instant, limit int) ([]Survey, error)
}

// Box keeps the codes and answers of surveys. Codes carry neither time nor order.
type Box interface {
	// AddCode puts a code's hash into its event's set.
	AddCode(ctx context.Context, part int, event, hash string) error
	HasCode(ctx context.Context, part int, event, hash string) (bool, error)
	// TakeCode removes the hash and reports whether it was there: only one caller gets true.
	TakeCode(ctx context.Context, part int, event, hash string) (bool, error)
	// DropCodes removes the set, when the survey closes.
	DropCodes(ctx context.Context, part int, event string) error
	// PutAnswer inserts; record.ErrExists if the id is there.
	PutAnswer(ctx context.Context, a Answer) error
	RemoveAnswer(ctx context.Context, part int, event, id string) error
	// Answers returns answers in order of id after the given one.
	Answers(ctx context.Context, part int, event, after string, limit int) ([]Answer, error)
}
