package resident

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Kind of resident.
type Kind string

// Kinds. An organisation has a contact person.
const (
	Person       Kind = "person"
	Organisation Kind = "organisation"
)

// Reach says how a resident is told things.
type Reach string

// Reaches: by an own contact, through a helper, or not at all but on paper.
const (
	Own    Reach = "own"
	Helper Reach = "helper"
	None   Reach = "none"
)

// Resident is kept by one unit. There is no field for a score, rank, flag,
// creed or click, and there shall be none.
type Resident struct {
	record.Head `bson:",inline"`
	record.Dirt `bson:",inline"`
	Unit        string `json:"unit"`
	Kind        Kind   `json:"kind"`
	// Village is a unit of kind village, or empty.
	Village string `json:"village,omitempty"`
	// Locale is a BCP 47 tag; it picks a template and is no filter.
	Locale string `json:"locale,omitempty"`
	// Name is optional; Words are its folded words, SortKey orders lists.
	Name    string   `json:"name,omitempty"`
	Words   []string `json:"words,omitempty"`
	SortKey []byte   `json:"sort_key,omitempty"`
	Reach   Reach    `json:"reach"`
	// Contact is the main contact's id, Contacts are all, main first.
	Contact  string   `json:"contact,omitempty"`
	Contacts []string `json:"contacts,omitempty"`
	// Household is declared, never inferred.
	Household string `json:"household,omitempty"`
	// MergedInto and Aliases keep ids alive after a merge.
	MergedInto string   `json:"merged_into,omitempty"`
	Aliases    []string `json:"aliases,omitempty"`
	// Consents is the append-only log, oldest first.
	Consents []Consent `json:"consents,omitempty"`
	// News says that the living person agrees to news, for the index of those who
	// are to get them: it follows from the log.
	News      bool             `json:"news,omitempty"`
	CreatedAt calendar.Instant `json:"created_at"`
	// Public is whether a public form made the record: what comes once goes
	// after its last event.
	Public bool `json:"public,omitempty"`
	// CheckAt is when somebody looks whether a registration came of the form that
	// made the record, 0 once that is done or where no form did.
	CheckAt  calendar.Instant `json:"check_at,omitempty"`
	ErasedAt calendar.Instant `json:"erased_at,omitempty"`
}

// Purpose of a consent.
type Purpose string

// Purposes. ForRegistration covers confirmation, change and cancellation.
const (
	ForRegistration Purpose = "registration"
	ForReminders    Purpose = "reminders"
	ForNews         Purpose = "news"
	ForSurveys      Purpose = "surveys"
	ForAnswers      Purpose = "answers"
	ForPhotos       Purpose = "photos"
)

// Purposes is the closed list.
func Purposes() []Purpose {
	return []Purpose{ForRegistration, ForReminders, ForNews, ForSurveys, ForAnswers, ForPhotos}
}

// Consent is one entry of a resident's log.
type Consent struct {
	Purpose Purpose `json:"purpose"`
	Given   bool    `json:"given"`
	// Text is the id of the immutable ConsentText that was shown.
	Text string `json:"text"`
	// Source is web, paper, call, sms or staff.
	Source string `json:"source"`
	// By is "resident", or "account:ID" of the staff who recorded it.
	By string           `json:"by"`
	At calendar.Instant `json:"at"`
}

// ConsentText is what a person agreed to, word by word. It is never changed.
type ConsentText struct {
	// ID is hash(purpose, locale, version, words).
	ID      string  `json:"_id"`
	Purpose Purpose `json:"purpose"`
	Locale  string  `json:"locale"`
	Version int     `json:"version"`
	Words   string  `json:"words"`
}

// Agrees reports whether the newest entry for the purpose is a given one.
func (r Resident) Agrees(p Purpose) bool {
	last, ok := r.newest(p)
	return ok && last.Given
}

// Settle brings what follows from the log in line with it. Whoever writes the
// log, or ends the record, calls it.
func (r *Resident) Settle() {
	r.News = r.ErasedAt == 0 && r.MergedInto == "" && r.Agrees(ForNews)
}

// Readers chooses people who agree to news: those of the village, or of the
// unit where no village is given.
type Readers struct{ Unit, Village string }

// Filter chooses residents of one unit.
type Filter struct {
	Unit    string
	Village string
	// Prefix is one folded word prefix of a name.
	Prefix string
}

// Store keeps residents and consent texts.
type Store interface {
	Create(ctx context.Context, r *Resident) error
	// CreateMany inserts residents that are not there yet, in groups, and says
	// of each whether it was new.
	CreateMany(ctx context.Context, rs []Resident) ([]bool, error)
	Get(ctx context.Context, id string) (Resident, error)
	// Many returns those that are there, ordered by id.
	Many(ctx context.Context, ids []string) ([]Resident, error)
	Update(ctx context.Context, id string, change func(*Resident) error) (Resident, error)
	// ByContact returns residents of the unit with the contact, ordered by id.
	ByContact(ctx context.Context, unit, contact string) ([]Resident, error)
	// WithContact returns residents of any unit with the contact, ordered by id, at most limit.
	WithContact(ctx context.Context, contact string, limit int) ([]Resident, error)
	// Page lists residents by sort key, then id.
	Page(ctx context.Context, f Filter, r page.Request) (page.List[Resident], error)
	// NewsReaders returns residents with News by id, after the given one, at most
	// limit.
	NewsReaders(ctx context.Context, f Readers, after string, limit int) ([]Resident, error)
	// ToCheck returns residents whose CheckAt has come, by it, then by id.
	ToCheck(ctx context.Context, now calendar.Instant, limit int) ([]Resident, error)
	// Dirty returns residents whose registrations have to be planned again.
	Dirty(ctx context.Context, limit int) ([]Resident, error)
	// Clean clears dirty where PlanVer is as seen, and reports whether it did.
	Clean(ctx context.Context, id string, planVer int64) (bool, error)
}

// Texts keeps consent texts.
type Texts interface {
	PutText(ctx context.Context, t ConsentText) error
	Text(ctx context.Context, id string) (ConsentText, error)
}
