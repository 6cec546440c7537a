package event

import (
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
)

// CautionKind says what an organizer should think of before people are asked
// to come.
type CautionKind string

// Kinds of caution. None of them refuses anything: who lives there knows better.
const (
	// CautionOver: it has ended already, so that it cannot be published (ErrOver).
	CautionOver CautionKind = "over"
	// CautionBegun: it has begun, and can be published until it ends.
	CautionBegun CautionKind = "begun"
	// CautionFar: it is more than a year away, as one with another year in mind is.
	CautionFar CautionKind = "far"
	// CautionNotice: too few days are left to tell people in public.
	CautionNotice CautionKind = "notice"
	// CautionDialogue: a dialogue has to be announced seven days before.
	CautionDialogue CautionKind = "dialogue"
	// CautionClash: the unit has another event in the village at that time.
	CautionClash CautionKind = "clash"
	// CautionHoliday and CautionTet: offices and people are away.
	CautionHoliday CautionKind = "holiday"
	CautionTet     CautionKind = "tet"
	// CautionChurch: many are at the Sunday service until about nine.
	CautionChurch CautionKind = "church"
	// CautionHarvest: October to December is the coffee harvest of the highlands.
	CautionHarvest CautionKind = "harvest"
)

// CautionKinds is the closed list, the gravest first.
func CautionKinds() []CautionKind {
	return []CautionKind{
		CautionOver, CautionBegun, CautionFar, CautionNotice, CautionDialogue, CautionClash, CautionHoliday, CautionTet, CautionChurch, CautionHarvest,
	}
}

// Caution is one thing to think of.
type Caution struct {
	Kind CautionKind
	// Days is the notice period where it is about one.
	Days int
	// Day is the first on which it could be held in time, or the one that is far.
	Day calendar.Date
	// Other is the id of the event that it clashes with.
	Other string
}

// Days around the first of the lunar year on which villages are busy with it:
// from the kitchen gods' day, a week before, to the tenth.
const (
	beforeTet = 8
	afterTet  = 9
)

// farDays is how far ahead nobody plans a Sunday.
const farDays = 366

// churchEnds is when morning services are over.
const churchEnds = "09:00"

// Cautions says what to think of before the event is held as in and t say; now
// is when people would be told, others what else the unit plans. The gravest
// comes first.
func Cautions(in Input, t Times, now calendar.Instant, others []Event) []Caution {
	var out []Caution
	day := in.LocalStart.Date()
	switch {
	case t.End <= now:
		out = append(out, Caution{Kind: CautionOver})
	case t.Start <= now:
		out = append(out, Caution{Kind: CautionBegun})
	default:
		out = append(out, noticeCautions(in, day, calendar.DateOf(now, in.Zone))...)
	}
	for _, o := range others {
		if o.State != Cancelled && o.Village == in.Village && o.StartAt < t.End && t.Start < o.EndAt {
			out = append(out, Caution{Kind: CautionClash, Other: o.ID})
			break
		}
	}
	if calendar.IsHoliday(day) {
		out = append(out, Caution{Kind: CautionHoliday})
	}
	if since := day.DaysSince(calendar.Tet(day.Year())); since >= -beforeTet && since <= afterTet {
		out = append(out, Caution{Kind: CautionTet})
	}
	if day.Weekday() == time.Sunday && in.LocalStart.Clock() < churchEnds {
		out = append(out, Caution{Kind: CautionChurch})
	}
	if m := day.Month(); m >= time.October {
		out = append(out, Caution{Kind: CautionHarvest})
	}
	return out
}

func noticeCautions(in Input, day, today calendar.Date) []Caution {
	var out []Caution
	if day.DaysSince(today) > farDays {
		out = append(out, Caution{Kind: CautionFar, Day: day})
	}
	if day.DaysSince(today) < in.NoticeDays {
		out = append(out, Caution{Kind: CautionNotice, Days: in.NoticeDays, Day: today.AddDays(in.NoticeDays)})
	}
	if in.Type == Dialogue && in.NoticeDays < DialogueNotice {
		out = append(out, Caution{Kind: CautionDialogue, Days: DialogueNotice})
	}
	return out
}
