package notifications

// Reason says why a row stands where it stands. The list is closed.
type Reason string

// Reasons of suppressed rows.
const (
	ReasonCancelled     Reason = "cancelled"      // the occurrence is cancelled or postponed
	ReasonNotRegistered Reason = "not_registered" // the person gave up the seat, or never confirmed
	ReasonNoConsent     Reason = "no_consent"
	ReasonOptedOut      Reason = "opted_out"
	ReasonNoContact     Reason = "no_contact"
	ReasonBlocked       Reason = "blocked" // the contact refused for good, or was blocked
	ReasonRuleRemoved   Reason = "rule_removed"
	ReasonErased        Reason = "erased"
	ReasonAlreadyTold   Reason = "already_told"
	ReasonAnswered      Reason = "answered"
	ReasonMerged        Reason = "merged"
	ReasonBudget        Reason = "budget"
	ReasonContactBudget Reason = "contact_budget" // one fixed mail per contact and day
	ReasonNothingNew    Reason = "nothing_new"    // a change that came to nothing
)

// Reasons of expired rows.
const (
	ReasonLate           Reason = "late"            // past the rule's lateness limit
	ReasonInConfirmation Reason = "in_confirmation" // the confirmation carried its content
	ReasonQuiet          Reason = "quiet"
	ReasonOver           Reason = "over" // the occurrence is over
	ReasonNotReturned    Reason = "not_returned"
)

// Reasons of planned rows that wait.
const (
	ReasonHeld         Reason = "held"
	ReasonBackoff      Reason = "backoff"
	ReasonUnsettled    Reason = "unsettled"     // the roll has not settled the registration
	ReasonFactsMoved   Reason = "facts_moved"   // the planner has to look again
	ReasonChangeFirst  Reason = "change_first"  // a change notice goes before it
	ReasonOtherSending Reason = "other_sending" // another row of the person is under way
	ReasonQuietHours   Reason = "quiet_hours"
)

// Reasons of unknown and dead rows.
const (
	ReasonLeft      Reason = "left"      // unknown, and nothing will resend it
	ReasonNoReply   Reason = "no_reply"  // unknown, its rule decides
	ReasonRefused   Reason = "refused"   // permanently, no reach left
	ReasonExhausted Reason = "exhausted" // temporarily, until the limit of tries
	ReasonMalformed Reason = "malformed" // no message could be made of it
)

// Reasons is the closed list.
func Reasons() []Reason {
	return []Reason{
		ReasonCancelled, ReasonNotRegistered, ReasonNoConsent, ReasonOptedOut, ReasonNoContact,
		ReasonBlocked, ReasonRuleRemoved, ReasonErased, ReasonAlreadyTold, ReasonAnswered,
		ReasonMerged, ReasonBudget, ReasonContactBudget, ReasonNothingNew,
		ReasonLate, ReasonInConfirmation, ReasonQuiet, ReasonOver, ReasonNotReturned,
		ReasonHeld, ReasonBackoff, ReasonUnsettled, ReasonFactsMoved, ReasonChangeFirst,
		ReasonOtherSending, ReasonQuietHours,
		ReasonLeft, ReasonNoReply, ReasonRefused, ReasonExhausted, ReasonMalformed,
	}
}
