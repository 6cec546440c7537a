package main

import (
	"fmt"
	"strings"
)

// mutant is one way to break the program, or one place of a way that has
// several: those of one rule and name are awake together.
type mutant struct {
	rule, name string
	file       string
	// was stands in the file once, and is becomes.
	was, becomes string
}

// id is what the mutant is called among all.
func (m mutant) id() string { return m.rule + " " + m.name }

// apply breaks a file's text. What the mutant was written for may have moved.
func (m mutant) apply(text string) (string, error) {
	if n := strings.Count(text, m.was); n != 1 {
		return "", fmt.Errorf("the text to change stands %d times in %s, want once:\n%s", n, m.file, m.was)
	}
	return strings.Replace(text, m.was, m.becomes, 1), nil
}

const (
	dispatchSQL = "internal/store/sqlitestore/dispatch.go"
	decision    = "internal/outreach/decide.go"
	whenFile    = "internal/outreach/when.go"
	draftFile   = "internal/outreach/draft.go"
	holdsFile   = "notifications/holds.go"
	moves       = "notifications/transition.go"
)

// mutants are the ways to break the program, rule by rule.
var mutants = []mutant{
	{
		"L1", "what may have come goes again under another Message-ID", "internal/outreach/household.go",
		"return rows[0].ID + \"@\" + w.host", "return rows[0].ID + \"@\" + \"again.\"[:6*min(rows[0].Unknowns, 1)] + w.host",
	},
	{
		"L1", "a kill leaves nothing in doubt", moves,
		"begunMost = 2", "begunMost = 0",
	},
	{
		"L2", "a reason is not written down", whenFile,
		"w.State, w.Reason = notifications.Expired, r", "w.State = notifications.Expired",
	},
	{
		"L2", "nothing is written of whom nothing is sent to", draftFile,
		"if want.Covered && want.Reason != notifications.ReasonErased {", "if want.Wanted() {",
	},
	{
		"L2", "what was refused for good is said to be sent", "notifications/outcome.go",
		"b.results(dead, Dead, reason, refusal.Text)", "b.results(dead, Sent, \"\", \"\")",
	},
	{
		"L2", "who was reached counts as not reached", "notifications/paper/enter.go",
		"if o != NotReached {", "if o != NotReached && o != Reached {",
	},
	{
		"L3", "a hand-over without a mark", "notifications/hand.go",
		"	marked, again := h.d.opt.Ledger.Mark(ctx, part, rows, m)\n", "	marked, again := rows, error(nil)\n",
	},
	{
		"L3", "what is unknown is sent again and again", moves,
		"if r.Resend && r.Unknowns <= s.MaxUnknowns && r.Try < MaxTries && (r.Until == 0 || again <= r.Until) {", "if r.Resend {",
	},
	{
		"L3", "what is unknown is sent again and again", "notifications/outcome.go",
		"!lead.Resend || lead.Unknowns >= MaxResends {", "!lead.Resend {",
	},
	{
		"L3", "what is to be left is sent again", moves,
		"if r.Resend && r.Unknowns <= s.MaxUnknowns && r.Try", "if r.Unknowns <= s.MaxUnknowns && r.Try",
	},
	{
		"L3", "a line of before counts as reached", "notifications/paper/enter.go",
		"	if !ok || r.Batch != sheet {\n		return isMoved\n	}\n", "	if !ok {\n		return isMoved\n	}\n	l.Gen = r.Gen\n",
	},
	{
		"L4", "what must not go out goes out", decision,
		"case want.State == notifications.Suppressed:", "case want.State == notifications.Suppressed && row.Gen < 0:",
	},
	{
		"L4", "the recheck does not compare", decision,
		"case !want.Told.Same(row.Told):", "case !want.Told.Same(want.Told):",
	},
	{
		"L4", "the recheck before the mark", "notifications/hand.go",
		"	marked, err := h.mark(ctx, l.Part(), rows, mark)\n	if err != nil {\n		return 0, err\n	}\n	b := &batch{hand: h, lease: l, mark: mark, now: now}\n	ready, err := b.decide(ctx, marked)\n",
		"	b := &batch{hand: h, lease: l, mark: mark, now: now}\n	early, err := b.ask(ctx, rows, b.decider)\n	if err != nil {\n		return 0, err\n	}\n	marked, err := h.mark(ctx, l.Part(), rows, mark)\n	if err != nil {\n		return 0, err\n	}\n	var ready []parcel\n	for i, v := range early {\n		for _, r := range marked {\n			if v.Do == DoSend && rows[i].ID == r.ID {\n				ready = append(ready, parcel{[]Row{r}, v.Message})\n			}\n		}\n	}\n	if len(ready) < len(marked) {\n		ready, err = b.decide(ctx, marked)\n	}\n",
	},
	{
		"L4", "an announcement needs no consent to news", whenFile,
		"rule.Purpose = resident.ForNews", "rule.Purpose = resident.ForRegistration",
	},
	{
		"L4", "a rule that was removed still holds", "internal/reminder/effective.go",
		" && r.Type == t && !r.Removed {", " && r.Type == t {",
	},
	{
		"L4", "an override has rows of its own", "internal/reminder/effective.go",
		"h.ID = r.Overrides", "h.ID = r.ID",
	},
	{
		"L4", "who says never again is told again", "notifications/paper/act.go",
		"if l.Outcome == NeverAgain && row.Recipient != \"\" {", "if l.Outcome == NeverAgain && row.Gen < 0 {",
	},
	{
		"L5", "offers end at night", "internal/registration/terms.go",
		"nightAnswer        = \"11:00\"", "nightAnswer        = \"05:30\"",
	},
	{
		"L5", "people are called at night", "internal/outreach/quiet.go",
		"return hours{from: 17 * 60, to: 8 * 60, before: \"16:30\"}, true", "return hours{from: 22 * 60, to: 6 * 60, before: \"16:30\"}, true",
	},
	{
		"L5", "the night begins late and ends early", "internal/outreach/quiet.go",
		"return hours{from: 21 * 60, to: 7 * 60, before: \"20:30\"}, true", "return hours{from: 23 * 60, to: 5 * 60, before: \"20:30\"}, true",
	},
	{
		"L5", "the night of another zone", "internal/outreach/quiet.go",
		"local := calendar.InZone(calendar.Instant(at), zone)", "local := calendar.InZone(calendar.Instant(at), \"UTC\")",
	},
	{
		"L5", "what is late does not wait for the morning", decision,
		"case max(want.After, want.Wish) > now:", "case max(want.After, want.Wish) > now && row.Gen < 0:",
	},
	{
		"L6", "a reminder is of use to the start", "internal/reminder/fires.go",
		"until = wish.Add(time.Duration(r.LateMinutes) * time.Minute)", "until = t.Start",
	},
	{
		"L6", "what is late goes out", whenFile,
		"case w.State == notifications.Planned && now > w.Until:", "case w.State == notifications.Planned && now > w.Until && w.Until == 0:",
	},
	{
		"L6", "what is late goes out", "notifications/decide.go",
		"return r.Until != 0 && r.Until < b.now }", "return r.Until != 0 && r.Until < b.now && r.Gen < 0 }",
	},
	{
		"L6", "what is still of use expires", whenFile,
		"case w.State == notifications.Planned && now > w.Until:", "case w.State == notifications.Planned && now > w.Wish+30*60*1000:",
	},
	{
		"L7", "the hold of a unit is not seen", holdsFile,
		"units[h.Unit] = true", "if h.Unit == \"\" {\n\t\t\tunits[\"\"] = true\n\t\t}",
	},
	{
		"L7", "the hold of everything is not seen", holdsFile,
		"return d.holds.units[\"\"]", "return false",
	},
	{
		"L7", "the hold of a clock is not seen", "internal/app/ticks.go",
		"return !k.started || k.watch.Doubt() != \"\"", "return !k.started",
	},
	{
		"L7", "a clock that jumps is believed", "scheduler/clockwatch.go",
		"w.doubt, w.agreed = ClockJumped, 0", "w.good = t",
	},
	{
		"L7", "a hold does not stop the press", "notifications/paper/press.go",
		"if h.Unit == \"\" || h.Unit == unit {", "if h.Unit == \"\" && unit == \"\" {",
	},
	{
		"L8", "what was refused is tried at once", "notifications/backoff.go",
		"return wait - spread/2 + Millis(binary.BigEndian.Uint32(sum[:4]))*spread/(1<<32)",
		"return second + Millis(binary.BigEndian.Uint32(sum[:4]))*spread/(1<<62)",
	},
	{
		"L8", "who refused for good is not left alone", "internal/outreach/refused.go",
		"if err := s.mailbox.Refused(ctx, contactID); err != nil {", "if err := ctx.Err(); err != nil {",
	},
	{
		"L8", "a mark is a try", dispatchSQL,
		"room = x'', gen = gen + 1", "room = x'', gen = gen + 1, try = try + 1",
	},
	{
		"L9", "the page that asks whether to stop stops", "internal/web/resident/optout.go",
		"	return p.showOptOut(c, http.StatusOK, found.OptedOut(), nil)",
		"	if _, err := p.s.Contacts.OptOut(c.Request.Context(), actor.Resident(), found.ID); err != nil {\n		return err\n	}\n	return p.showOptOut(c, http.StatusOK, found.OptedOut(), nil)",
	},
	{
		"L9", "the page that asks who registered confirms", "internal/web/resident/confirm.go",
		"	return p.showConfirm(c, http.StatusOK, own, nil)",
		"	if own, err = p.s.Registrations.Confirm(c.Request.Context(), c.Param(\"token\")); err != nil {\n		return err\n	}\n	return p.showConfirm(c, http.StatusOK, own, nil)",
	},
	{
		"L9", "a mail without a way out", "internal/outreach/writer.go",
		"Unsubscribe: links.OptOut,", "Unsubscribe: links.Survey,",
	},
	{
		"L10", "the week has no budget", "internal/outreach/budget.go",
		"budgetAWeek   = 3", "budgetAWeek   = 30",
	},
	{
		"L10", "the event has no budget", "internal/outreach/budget.go",
		"budgetAnEvent = 2", "budgetAnEvent = 20",
	},
	{
		"L11", "a household learns of what is nobody's business", "internal/outreach/household.go",
		" && !f.Event.Type.Discreet()", "",
	},
	{
		"L11", "everybody of a household gets a mail", "internal/outreach/household.go",
		"		if !there {\n			at = len(out)", "		if !there || len(out) > 0 {\n			at = len(out)",
	},
	{
		"L11", "a mail that may have come goes again to some", "internal/outreach/household.go",
		"	for _, once := range order {\n		keepSet(", "	for _, once := range order[:0] {\n		keepSet(",
	},
	{
		"L12", "what another id was told is forgotten", "internal/outreach/aliases.go",
		"	p.Others = append(p.Others, maybeHeard(", "	_ = append(p.Others, maybeHeard(",
	},
	{
		"L12", "a call tells of what a merge took", "internal/outreach/change.go",
		"if r := p.Registration; r.State == registration.Cancelled &&", "if r := p.Registration; first && r.State == registration.Cancelled &&",
	},
	{
		"L12", "the waitlist is forgotten", "internal/outreach/change.go",
		"	if !news || p.Kept {\n		return nothing, rule\n	}\n	first :=", "	if !news || p.Kept || p.Registration.State == registration.Waitlisted {\n		return nothing, rule\n	}\n	first :=",
	},
	{
		"L12", "times are compared without the place", "notifications/row.go",
		"	t.SeatVer, u.SeatVer = 0, 0\n", "	t.SeatVer, u.SeatVer = 0, 0\n	t.Place, u.Place = \"\", \"\"\n",
	},
	{
		"L12", "the newest is what was said last", "notifications/row.go",
		"		return t.Ver > u.Ver\n", "		return t.Ver < u.Ver\n",
	},
	{
		"L12", "an edit is forgotten once its rows are there", "internal/outreach/planner.go",
		"	if len(rows) > 0 {\n		listed = nil\n	}", "	if len(rows) == 0 {\n		listed = nil\n	}",
	},
}
