package event

// Template is what an event of a type usually is: a form begins with it, and
// everything in it may be changed. Its words are messages, template.<type>.title,
// .about, .bring and .host.
type Template struct {
	Type Type
	// Start and End are clocks, "07:00".
	Start, End string
	// NoticeDays is how many days before it people have to be told.
	NoticeDays int
	// Places is for how many people, 0 for no limit.
	Places int
}

// Notice periods in days. A dialogue with the people is announced seven days
// before (Law on Organization of Local Government 2025, art. 43); the other one
// is what village meetings usually keep.
const (
	DialogueNotice = 7
	usualNotice    = 3
)

// TemplateOf gives the built-in template of a type. Sundays are half days; what
// is done one person at a time has places for as many as a morning holds.
func TemplateOf(t Type) Template {
	out := Template{Type: t, Start: "07:00", End: "11:00", NoticeDays: usualNotice}
	switch t {
	case Dialogue, Business:
		out.Start, out.NoticeDays = "08:00", DialogueNotice
	case Reception, LegalAid, Land:
		out.Start, out.Places = "08:00", 40
	case Procedures, Digital:
		out.Start, out.Places = "08:00", 60
	case Health:
		out.Places = 100
	case Culture:
		out.Start = "08:00"
	}
	return out
}
