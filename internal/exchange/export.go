package exchange

import (
	"strconv"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Lists that go out.
const (
	ListResidents     = "residents"
	ListUnits         = "units"
	ListEvents        = "events"
	ListRegistrations = "registrations"
	ListAttendance    = "attendance"
)

// Lists is the closed list.
func Lists() []string {
	return []string{ListResidents, ListRegistrations, ListAttendance, ListEvents, ListUnits}
}

// Headings are the columns of a list that goes out. Residents and units can be
// imported again, and nothing changes.
func Headings(list string) []string {
	switch list {
	case ListResidents:
		return fieldNames(FieldID, FieldUnit, FieldVillage, FieldKind, FieldName, FieldPhone, FieldEmail, FieldLocale,
			FieldReach, FieldHousehold, FieldConsent, FieldConsentText, FieldConsentDate, FieldConsentSource)
	case ListUnits:
		return append(fieldNames(FieldID, FieldCode, FieldName), append([]string{"name_en", "name_pl"},
			fieldNames(FieldKind, FieldParent, FieldCluster, FieldLine, FieldZone, FieldValidFrom, FieldValidUntil)...)...)
	case ListEvents:
		return []string{"event", "unit", "type", "state", "title", "place", "address", "village", "start", "end", "zone", "capacity", "notices", "households", "villages", "officials"}
	case ListRegistrations:
		return []string{"registration", "event", "title", "start", "slot", "state", "people", "resident", "name", "village", "source", "answer"}
	case ListAttendance:
		heads := []string{"event", "title", "start", "unit", "people", "registered", "villages"}
		for _, s := range attendance.Sources() {
			heads = append(heads, "by_"+string(s))
		}
		return heads
	}
	return nil
}

func fieldNames(fields ...Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = string(f)
	}
	return names
}

// ResidentCells is a resident's row. Of several phones or addresses it has the
// first; the others stay where the row is imported again.
func ResidentCells(r resident.Resident, shown []resident.Revealed, zone *time.Location) []string {
	var purposes, texts, days, sources []string
	for _, p := range resident.Purposes() {
		if c, ok := r.Given(p); ok {
			purposes, texts = append(purposes, string(p)), append(texts, c.Text)
			days, sources = append(days, dayCell(c.At, zone)), append(sources, c.Source)
		}
	}
	join := func(parts []string) string { return strings.Join(parts, ", ") }
	return []string{
		r.ID, r.Unit, r.Village, string(r.Kind), r.Name,
		resident.First(shown, contact.Phone), resident.First(shown, contact.Email), r.Locale,
		string(r.Reach), r.Household, join(purposes), join(texts), join(days), join(sources),
	}
}

// UnitCells is a unit's row.
func UnitCells(u unit.Unit, zone *time.Location) []string {
	return []string{
		u.ID, u.Code, u.Names["vi"], u.Names["en"], u.Names["pl"], string(u.Kind), u.Parent, u.Cluster, u.Line, u.Zone,
		dayCell(u.ValidFrom, zone), dayCell(u.ValidUntil, zone),
	}
}

// EventCells is an event's row. Times are local, in the zone beside them.
func EventCells(e event.Event) []string {
	capacity := 0
	for _, s := range e.Slots {
		capacity += s.Capacity
	}
	var notices []string
	for _, n := range e.Notices {
		notices = append(notices, string(n.Kind))
	}
	var report event.Report
	if e.Report != nil {
		report = *e.Report
	}
	return []string{
		e.ID, e.Unit, string(e.Type), string(e.State), e.Title, e.Place.Name, e.Place.Address, e.Village,
		string(e.LocalStart), string(e.LocalEnd), e.Zone, count(capacity), strings.Join(notices, ", "),
		count(report.Households), count(report.Villages), count(report.Officials),
	}
}

// RegistrationCells is a registration's row; of an erased resident, the zero
// value, it has no name.
func RegistrationCells(r registration.Registration, e event.Event, who resident.Resident) []string {
	slot := r.Slot
	for _, s := range e.Slots {
		if s.ID == r.Slot && s.Name != "" {
			slot = s.Name
		}
	}
	return []string{
		r.ID, r.Event, e.Title, string(e.LocalStart), slot, string(r.State), count(r.Party),
		r.Resident, who.Name, who.Village, r.Source, string(r.Said(e.Revision)),
	}
}

// AttendanceCells is the row of an event's counts.
func AttendanceCells(e event.Event, t attendance.Totals) []string {
	cells := []string{e.ID, e.Title, string(e.LocalStart), e.Unit, strconv.Itoa(t.People), strconv.Itoa(t.Registered), strconv.Itoa(t.Villages)}
	for _, s := range attendance.Sources() {
		cells = append(cells, strconv.Itoa(t.BySource[s]))
	}
	return cells
}

// count is a number that is not known where it is 0.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func dayCell(at calendar.Instant, zone *time.Location) string {
	if at == 0 {
		return ""
	}
	return at.Time().In(zone).Format(time.DateOnly)
}
