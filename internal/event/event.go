package event

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// State of an event.
type State string

// States. See Transitions for what leads where.
const (
	Draft     State = "draft"
	Submitted State = "submitted"
	Returned  State = "returned"
	Approved  State = "approved"
	Published State = "published"
	Postponed State = "postponed"
	Done      State = "done"
	Reported  State = "reported"
	Cancelled State = "cancelled"
)

// Type is what an event is about.
type Type string

// Types.
const (
	Volunteer  Type = "volunteer"
	Dialogue   Type = "dialogue"
	Reception  Type = "reception"
	Procedures Type = "procedures"
	LegalAid   Type = "legal_aid"
	Health     Type = "health"
	Digital    Type = "digital"
	Land       Type = "land"
	Business   Type = "business"
	Gratitude  Type = "gratitude"
	Culture    Type = "culture"
	Other      Type = "other"
)

// Types is the closed list.
func Types() []Type {
	return []Type{Volunteer, Dialogue, Reception, Procedures, LegalAid, Health, Digital, Land, Business, Gratitude, Culture, Other}
}

// Discreet reports whether nobody but the person should learn that they came.
func (t Type) Discreet() bool {
	return t == Reception || t == LegalAid || t == Health || t == Land
}

// Slot is a role, shift or reception time. Capacity lives on slots.
type Slot struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Capacity is a number of people, 0 for no limit.
	Capacity int `json:"capacity,omitempty"`
}

// NoticeKind is how people were told of an event in public.
type NoticeKind string

// Kinds of notice.
const (
	Poster      NoticeKind = "poster"
	Loudspeaker NoticeKind = "loudspeaker"
	Portal      NoticeKind = "portal"
)

// Notice is the fact that people were told in public.
type Notice struct {
	Kind NoticeKind       `json:"kind"`
	At   calendar.Instant `json:"at"`
	By   string           `json:"by"` // account id
}

// Report is what a unit files afterwards.
type Report struct {
	// Households and Villages that took part; Officials who served.
	Households int `json:"households"`
	Villages   int `json:"villages"`
	Officials  int `json:"officials"`
	// Summary and Lessons are plain text.
	Summary string           `json:"summary"`
	Lessons string           `json:"lessons,omitempty"`
	By      string           `json:"by"`
	At      calendar.Instant `json:"at"`
}

// Event is one Sunday.
type Event struct {
	record.Head `bson:",inline"`
	record.Dirt `bson:",inline"`
	// Acts counts the changes that the audit tells of after the first; see Version.
	Acts int64 `json:"acts,omitempty"`
	// Unit leads; CoUnits see totals. Scope is Unit, CoUnits and all their
	// ancestors: who may see the plan.
	Unit    string   `json:"unit"`
	CoUnits []string `json:"co_units,omitempty"`
	Scope   []string `json:"scope"`

	Type Type `json:"type"`
	// Programme joins what a unit does on one Sunday, Series what recurs. Both optional.
	Programme string `json:"programme,omitempty"`
	Series    string `json:"series,omitempty"`
	// CopiedFrom is the event that this one was copied from.
	CopiedFrom string `json:"copied_from,omitempty"`

	// Short is the code of the address on posters; empty for an event of before
	// they were given, until it is published.
	Short string `json:"short,omitempty"`

	Title string `json:"title"`
	// About is plain text; Bring says what to bring.
	About string `json:"about,omitempty"`
	Bring string `json:"bring,omitempty"`
	Place Place  `json:"place"`
	// Village is where it is, a unit of kind village, or empty.
	Village string `json:"village,omitempty"`
	// SortKey orders events of the same start by the name of where they are; see
	// FollowNames.
	SortKey []byte `json:"sort_key,omitempty"`
	// Host is the office that receives people, such as "Chairman of the People's
	// Committee"; Contact a line that residents may ask, shown in public.
	Host    string `json:"host,omitempty"`
	Contact string `json:"contact,omitempty"`

	// LocalStart and LocalEnd are wall times in Zone; StartAt and EndAt the same
	// instants.
	LocalStart calendar.Local   `json:"local_start"`
	LocalEnd   calendar.Local   `json:"local_end"`
	Zone       string           `json:"zone"`
	StartAt    calendar.Instant `json:"start_at"`
	EndAt      calendar.Instant `json:"end_at"`

	// Slots has at least one. HasRoll says that capacity is limited and a roll
	// exists; it is fixed when the event is published.
	Slots   []Slot `json:"slots"`
	HasRoll bool   `json:"has_roll,omitempty"`

	// NoticeDays is the statutory notice period before the start, in days.
	NoticeDays int      `json:"notice_days"`
	Notices    []Notice `json:"notices,omitempty"`

	State State `json:"state"`
	// Former is the state before cancelling, for restore.
	Former State `json:"former,omitempty"`
	// StatusNote says why it was returned, postponed or cancelled. Shown to
	// residents for the last two.
	StatusNote string `json:"status_note,omitempty"`
	// Revision is the SEQUENCE of calendar parts: raised by a change of time or
	// place, and by each cancel, postpone, resume and restore.
	Revision int `json:"revision"`
	// FirstEditAt and LastEditAt bound the edits of told fields since a change
	// notice was last planned: change goes 5 minutes after the last, at most 30
	// after the first.
	FirstEditAt calendar.Instant `json:"first_edit_at,omitempty"`
	LastEditAt  calendar.Instant `json:"last_edit_at,omitempty"`

	CreatedBy    string           `json:"created_by"`
	LastEditedBy string           `json:"last_edited_by"`
	SubmittedBy  string           `json:"submitted_by,omitempty"`
	ApprovedBy   string           `json:"approved_by,omitempty"`
	CreatedAt    calendar.Instant `json:"created_at"`
	ApprovedAt   calendar.Instant `json:"approved_at,omitempty"`
	PublishedAt  calendar.Instant `json:"published_at,omitempty"`
	CancelledAt  calendar.Instant `json:"cancelled_at,omitempty"`
	ReportedAt   calendar.Instant `json:"reported_at,omitempty"`
	Report       *Report          `json:"report,omitempty"`
	// DissolvedAt is when links from person to attendance were dissolved, and
	// PurgedAt when personal registration data was removed.
	DissolvedAt calendar.Instant `json:"dissolved_at,omitempty"`
	PurgedAt    calendar.Instant `json:"purged_at,omitempty"`
	// Announced says that people without a registration may have rows.
	Announced bool `json:"announced,omitempty"`
	// Uncounted says that count facts of the event's last transition are not
	// written yet; CancelCount tells several cancellations apart.
	Uncounted   bool `json:"uncounted,omitempty"`
	CancelCount int  `json:"cancel_count,omitempty"`
}

// Version is what people compare before they change an event that they have
// read, 1 after Create. Every change that the audit tells of raises it; what jobs
// keep in the event for themselves does not, or a form that was opened a moment
// ago would be refused because of something that nobody did.
func (e Event) Version() int64 { return e.Acts + 1 }

// Note adds an audit entry and raises the version.
func (e *Event) Note(entry record.Entry) {
	if e.Ver > 0 {
		e.Acts++
	}
	e.Head.Note(entry)
}

// Place is where an event happens, or how to join it from afar.
type Place struct {
	Name    string `json:"name"`
	Address string `json:"address,omitempty"`
	// Link is an https URL of an online meeting or a map.
	Link string `json:"link,omitempty"`
}

// Open reports whether residents may see and join the event.
func (e Event) Open() bool { return e.State == Published }

// Public reports whether the event has a public page.
func (e Event) Public() bool {
	switch e.State {
	case Published, Postponed, Done, Reported:
		return true
	case Cancelled:
		return e.PublishedAt != 0
	}
	return false
}

// Filter chooses events. Empty fields do not restrict.
type Filter struct {
	// Scope chooses events that a unit leads, joins, or that lie below it.
	Scope string
	Unit  string
	// Village chooses events that take place there; without Scope and Unit only.
	Village string
	// Short chooses the event with the code, alone.
	Short string
	// States to include.
	States []State
	// From and Until bound the start, [From, Until).
	From, Until calendar.Instant
}

// Mark names one version of an event.
type Mark struct {
	ID  string
	Ver int64
}

// Store keeps events.
type Store interface {
	Create(ctx context.Context, e *Event) error
	Get(ctx context.Context, id string) (Event, error)
	Update(ctx context.Context, id string, change func(*Event) error) (Event, error)
	// Page lists events by start, then SortKey, then id. Filter.Scope, Filter.Unit,
	// Filter.Village, Filter.Short or Filter.States has to be set.
	Page(ctx context.Context, f Filter, r page.Request) (page.List[Event], error)
	// Marks lists what Page lists, in the same pages, without reading the events.
	Marks(ctx context.Context, f Filter, r page.Request) (page.List[Mark], error)
	// Many returns those of the ids that are there, ordered by id.
	Many(ctx context.Context, ids []string) ([]Event, error)
	// DirtyParts returns the parts that have a dirty event, in order: who plans
	// asks no others.
	DirtyParts(ctx context.Context) ([]int, error)
	// Dirty returns dirty events of one part after the id, ordered by id, at most
	// limit.
	Dirty(ctx context.Context, part int, after string, limit int) ([]Event, error)
	// Clean clears dirty where PlanVer is as seen, and reports whether it did.
	Clean(ctx context.Context, id string, planVer int64) (bool, error)
	// Uncounted returns events whose count facts are not written, ordered by id.
	Uncounted(ctx context.Context, limit int) ([]Event, error)
	// Ended returns events in the state that ended before the instant, by end
	// then id, starting after the given one.
	Ended(ctx context.Context, state State, before calendar.Instant, after *page.Key, limit int) ([]Event, error)
}
