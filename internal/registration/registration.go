package registration

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// State of a registration.
type State string

// States. Unsettled is written before the roll has decided, and no rule covers it.
const (
	Unsettled   State = "unsettled"
	Pending     State = "pending"
	Registered  State = "registered"
	Waitlisted  State = "waitlisted"
	Offered     State = "offered"
	Cancelled   State = "cancelled"
	Attended    State = "attended"
	NotRecorded State = "not_recorded"
)

// Reasons of cancelled registrations.
const (
	ReasonSelf   = "self"
	ReasonStaff  = "staff"
	ReasonLapsed = "lapsed"
	ReasonMerged = "merged"
	ReasonErased = "erased"
	// ReasonRefused: the roll had no room even to wait. It stays until the event
	// is purged, so that whom the form made is forgotten then too.
	ReasonRefused = "refused"
)

// Answer is what a person said when asked whether they are coming.
type Answer string

// Answers. Who says that they cannot come gives the place up: that is a
// cancellation, and no answer is kept.
const (
	NotAnswered Answer = ""
	Coming      Answer = "coming"
)

// Shown is what a resident was shown in answer to the own last POST. A GET
// never changes it. It has the fields of notifications.Told.
type Shown struct {
	Status string           `json:"status,omitempty"`
	Seat   string           `json:"seat,omitempty"`
	Start  calendar.Instant `json:"start,omitempty"`
	End    calendar.Instant `json:"end,omitempty"`
	Zone   string           `json:"zone,omitempty"`
	Place  string           `json:"place,omitempty"`
	// Ver is the event's version that was shown, SeatVer the registration's
	// PlanVer after the write that showed it.
	Ver     int64 `json:"ver,omitempty"`
	SeatVer int64 `json:"seat_ver,omitempty"`
	// OfferUntil is until when an offer was said to stand.
	OfferUntil calendar.Instant `json:"offer_until,omitempty"`
}

// Registration is one resident's at one event.
type Registration struct {
	// ID is hash(event, resident).
	record.Head `bson:",inline"`
	record.Dirt `bson:",inline"`
	Event       string `json:"event"`
	Resident    string `json:"resident,omitempty"`
	Unit        string `json:"unit"`
	Slot        string `json:"slot"`
	// Party is a number of people, 1 to 20.
	Party int   `json:"party"`
	State State `json:"state"`
	// Reason says why it was cancelled: self, staff, lapsed, merged, erased, refused.
	Reason string `json:"reason,omitempty"`
	// Seq is the last change of the roll that is copied here.
	Seq   int64 `json:"seq,omitempty"`
	Shown Shown `json:"shown"`
	// Source is web, staff or paper.
	Source string `json:"source"`
	// Confirmed is whether the person's contact was confirmed, or none was needed.
	Confirmed bool `json:"confirmed,omitempty"`
	// ConfirmedAt is when it became confirmed, 0 before.
	ConfirmedAt calendar.Instant `json:"confirmed_at,omitempty"`
	// HoldUntil is when a pending registration gives its seat back, or an offer
	// ends, 0 if it is neither.
	HoldUntil calendar.Instant `json:"hold_until,omitempty"`
	// Form is the random id of the form that made or last changed it: an
	// idempotency key.
	Form string `json:"form,omitempty"`
	// Asked are purposes that the person agreed to in the form, and that are
	// logged as consents once the contact is confirmed.
	Asked []Asked `json:"asked,omitempty"`
	// LinkGeneration and LinkHash are the own page's; ConfirmHash the confirm link's.
	LinkGeneration int    `json:"link_generation"`
	LinkHash       string `json:"link_hash"`
	ConfirmHash    string `json:"confirm_hash,omitempty"`
	// Answer is to the question in the reminder, at the event's revision
	// AnsweredRevision: see Said. AnsweredAt is 0 where there is none.
	Answer           Answer           `json:"answer,omitempty"`
	AnsweredRevision int              `json:"answered_revision,omitempty"`
	AnsweredAt       calendar.Instant `json:"answered_at,omitempty"`
	// Turns counts how often the seat was given up or taken up again. Calendars
	// take a later entry for the same event by it.
	Turns int `json:"turns,omitempty"`
	// ActedAt is the person's own last act; messages within 15 minutes of it are replies.
	ActedAt calendar.Instant `json:"acted_at"`
	// LinkAskedAt is when somebody last sent a form for it while it was there, or
	// one that took it up again: the way to the own page is mailed. 0 for never.
	LinkAskedAt calendar.Instant `json:"link_asked_at,omitempty"`
	CreatedAt   calendar.Instant `json:"created_at"`
	// EventEnd is the event's end, for retention.
	EventEnd calendar.Instant `json:"event_end"`
}

// Asked is one purpose with the id of the consent text that was shown.
type Asked struct {
	Purpose string `json:"purpose"`
	Text    string `json:"text"`
}

// Live reports whether the registration takes or waits for a seat.
func (s State) Live() bool {
	return s == Pending || s == Registered || s == Waitlisted || s == Offered
}

// Said is the answer that counts for the event as it is: whoever said that
// they are coming and was told of another time or place since is asked again.
func (r Registration) Said(revision int) Answer {
	if r.AnsweredRevision != revision {
		return NotAnswered
	}
	return r.Answer
}

// TakenUp reports whether the link was last asked for by the form by which the
// person signed up again.
func (r Registration) TakenUp() bool { return r.LinkAskedAt != 0 && r.LinkAskedAt == r.CreatedAt }

// Filter chooses registrations of one event.
type Filter struct {
	Event  string
	States []State
}

// Heads is how many people are registered for one slot of an event.
type Heads struct {
	Event, Slot string
	People      int
}

// HavePlace are the states of registrations whose people have a place, or had
// one when the event was over.
func HavePlace() []State { return []State{Pending, Registered, Offered, Attended, NotRecorded} }

// Seen is a registration as a planner read it.
type Seen struct {
	ID      string
	PlanVer int64
}

// DirtyKey is where a registration stands among the dirty ones of its part; the
// zero value comes before all.
type DirtyKey struct{ Event, ID string }

// Compare orders keys as Store.Dirty does.
func (k DirtyKey) Compare(l DirtyKey) int {
	return cmp.Or(cmp.Compare(k.Event, l.Event), cmp.Compare(k.ID, l.ID))
}

// SeenByVer are the ids seen by their PlanVer, the lowest first, so that a
// store can clean many at once in the same order each time.
func SeenByVer(seen []Seen) (vers []int64, ids map[int64][]string) {
	ids = make(map[int64][]string)
	for _, s := range seen {
		ids[s.PlanVer] = append(ids[s.PlanVer], s.ID)
	}
	return slices.Sorted(maps.Keys(ids)), ids
}

// Store keeps registrations.
type Store interface {
	Create(ctx context.Context, r *Registration) error
	Get(ctx context.Context, id string) (Registration, error)
	// Many returns those of the event that are there, ordered by id.
	Many(ctx context.Context, event string, ids []string) ([]Registration, error)
	Update(ctx context.Context, id string, change func(*Registration) error) (Registration, error)
	// ByLink and ByConfirm find by a link token's hash.
	ByLink(ctx context.Context, hash string) (Registration, error)
	ByConfirm(ctx context.Context, hash string) (Registration, error)
	// ByResident lists a resident's registrations, ordered by id.
	ByResident(ctx context.Context, resident string, limit int) ([]Registration, error)
	// Page lists registrations of an event by id.
	Page(ctx context.Context, f Filter, r page.Request) (page.List[Registration], error)
	// Heads sums the people of the events' registrations in the states, ordered by
	// event, slot. Slots of which there are none are left out.
	Heads(ctx context.Context, events []string, states []State) ([]Heads, error)
	// DirtyParts returns the parts that have a dirty registration, in order: who
	// plans asks no others.
	DirtyParts(ctx context.Context) ([]int, error)
	// Dirty returns dirty registrations of one part after the one given, ordered
	// by event, id, at most limit.
	Dirty(ctx context.Context, part int, after DirtyKey, limit int) ([]Registration, error)
	// DirtyOf returns the dirty registrations of one event, ordered by id, after the given id.
	DirtyOf(ctx context.Context, part int, event, after string, limit int) ([]Registration, error)
	// Clean clears dirty of registrations of one part where PlanVer is as seen,
	// and returns how many that were.
	Clean(ctx context.Context, part int, seen []Seen) (int, error)
	// Lapsed returns pending registrations whose hold ended before the instant.
	Lapsed(ctx context.Context, now calendar.Instant, limit int) ([]Registration, error)
	// Loose returns unsettled registrations created before the instant.
	Loose(ctx context.Context, before calendar.Instant, limit int) ([]Registration, error)
	// Delete removes registrations for good, absent or not: retention ended.
	Delete(ctx context.Context, ids []string) error
}

// Rolls keeps one roll per event with limited capacity.
type Rolls interface {
	// CreateRoll returns record.ErrExists if the event has one.
	CreateRoll(ctx context.Context, r *Roll) error
	Roll(ctx context.Context, event string) (Roll, error)
	// SwapRoll writes the roll where the stored Ver is r.Ver and raises it;
	// record.ErrContended if it is not. Op recognises a write whose reply was lost.
	SwapRoll(ctx context.Context, r *Roll) error
	// UnsettledRolls returns events whose roll has changes that are not copied.
	UnsettledRolls(ctx context.Context, limit int) ([]string, error)
	// DueRolls returns events whose roll has a NextAt that has come, by it, then by event.
	DueRolls(ctx context.Context, now calendar.Instant, limit int) ([]string, error)
	// Delete removes the roll of an event, absent or not.
	DeleteRoll(ctx context.Context, event string) error
}
