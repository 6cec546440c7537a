package gate

// reads are the calls that change nothing. A kill before one of them leaves the
// same as a kill after the write before it, so that a sweep over kills need not
// stop there. What is not listed counts as a write.
var reads = listed(
	"Audit.Blocks", "Audit.Boxes", "Audit.LastBlock", "Audit.Page", "Audit.Unsealed", "Audit.UnsealedUnits",
	"Units.ByCode", "Units.Dirty", "Units.Get", "Units.Page",
	"Accounts.ByLogin", "Accounts.Get", "Accounts.Page", "Accounts.Token",
	"Credentials.ByLink", "Credentials.Due", "Credentials.Get", "Credentials.Many", "Sessions.Get", "Sessions.Of",
	"Contacts.ByOptOut", "Contacts.Get", "Contacts.Many",
	"Residents.ByContact", "Residents.Dirty", "Residents.Get", "Residents.Many", "Residents.Page",
	"Residents.NewsReaders", "Residents.ToCheck", "Residents.WithContact",
	"Texts.Text",
	"Events.Dirty", "Events.DirtyParts", "Events.Ended", "Events.Get", "Events.Many", "Events.Marks", "Events.Page", "Events.Uncounted",
	"Rules.ByOwner", "Rules.ByOwners", "Rules.Dirty", "Rules.Get",
	"Registrations.ByConfirm", "Registrations.ByLink", "Registrations.ByResident", "Registrations.Dirty",
	"Registrations.DirtyParts",
	"Registrations.DirtyOf", "Registrations.Get", "Registrations.Heads", "Registrations.Lapsed", "Registrations.Loose", "Registrations.Many",
	"Registrations.Page",
	"Rolls.DueRolls", "Rolls.Roll", "Rolls.UnsettledRolls", "Forms.Form",
	"Attendance.ByEvent", "Attendance.Get", "Attendance.Undone",
	"Surveys.Due", "Surveys.Get",
	"Boxes.Answers", "Boxes.HasCode",
	"Emulation.Facts", "Emulation.FactsOf", "Emulation.Table", "Emulation.Tables", "Emulation.Touched",
	"Cards.Card", "Cards.PageCards",
	"Ledger.BegunParts", "Ledger.BySubject", "Ledger.Due", "Ledger.DueOutside", "Ledger.DueParts", "Ledger.Handed", "Ledger.NextDue", "Ledger.Sharing",
	"Paper.Many", "Paper.Overdue", "Paper.Printed", "Paper.Waiting",
	"Sheets.Get", "Sheets.List", "Sheets.Over", "Sheets.Pending",
	"Reports.Backlog", "Reports.Counts", "Reports.Rows",
	"Holds.List", "Leases.ListLeases", "Jobs.JobState", "Jobs.ListJobs", "Settings.Setting",
	"Health.Identity", "Health.Inspect",
	"Channel.Open",
)

func listed(calls ...string) map[string]bool {
	set := make(map[string]bool, len(calls))
	for _, call := range calls {
		set[call] = true
	}
	return set
}

// Writes reports whether a call, named as "Ledger.Mark", may change something:
// the store, or what a person receives.
func Writes(call string) bool { return !reads[call] }
