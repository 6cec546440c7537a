package oracle

import "strings"

// households is the other half of L11: a mail for several is for one declared
// household and contact, of an event that is not discreet, says the same of
// all and names each; and who may share a mail does.
func (c *checker) households(h History) {
	marks := map[string]HandOver{}
	for from := 0; from < len(h.HandOvers); {
		to := from + 1
		for to < len(h.HandOvers) && sameMail(h.HandOvers[from], h.HandOvers[to]) {
			to++
		}
		c.oneHousehold(h.HandOvers[from:to])
		c.apart(marks, h.HandOvers[from])
		from = to
	}
}

// sameMail reports whether two rows, one after the other, went in one mail.
func sameMail(a, b HandOver) bool {
	return a.Message.MessageID == b.Message.MessageID && a.At == b.At && a.Row.ID != b.Row.ID
}

// oneHousehold holds the rows of a mail against each other.
func (c *checker) oneHousehold(mail []HandOver) {
	first := mail[0]
	if len(mail) > 1 && discreet[string(first.Facts.Event.Type)] {
		c.addf("L11", first.Row, "one mail for several, of an event that is nobody else's business")
	}
	for _, o := range mail[1:] {
		switch {
		case first.Facts.Resident.Household == "" || o.Facts.Resident.Household != first.Facts.Resident.Household:
			c.addf("L11", o.Row, "in one mail with somebody of another household")
		case o.Facts.Resident.Contact != first.Facts.Resident.Contact:
			c.addf("L11", o.Row, "in one mail with somebody of another contact")
		case o.Row.Rule != first.Row.Rule || o.Row.Occurrence != first.Row.Occurrence || said(o.Row.Told) != said(first.Row.Told):
			c.addf("L11", o.Row, "in one mail with what says something else")
		}
	}
	for _, o := range mail {
		if name := o.Facts.Resident.Name; len(mail) > 1 && name != "" && !strings.Contains(o.Message.Text.String(), name) {
			c.addf("L11", o.Row, "in a mail of a household that does not name everybody")
		}
	}
}

// apart finds two mails that should have been one: of one mark, rule and
// household, to one contact, saying the same. What answers one person's form, and
// the offer of a place, are their own.
func (c *checker) apart(marks map[string]HandOver, o HandOver) {
	r := o.Facts.Resident
	own := o.Row.Rule == pending || o.Row.Rule == again || o.Row.Told.Seat == "offered"
	if r.Household == "" || discreet[string(o.Facts.Event.Type)] || own || o.Row.WasUnknown {
		return
	}
	key := strings.Join([]string{o.Row.Batch, o.Row.Rule, o.Row.Occurrence, r.Household, r.Contact}, " ")
	before, ever := marks[key]
	if ever && before.Message.MessageID != o.Message.MessageID && alike(before, o) {
		c.addf("L11", o.Row, "a mail of its own beside that of row %s", before.Row.ID)
	}
	marks[key] = o
}

// alike reports whether two rows may be said in one mail: a calendar part counts
// the turns of a seat, and a change may say what was told before, by the last mail
// or by the page that answered the person's own act.
func alike(a, b HandOver) bool {
	same := said(a.Row.Told) == said(b.Row.Told) && a.Row.Round == b.Row.Round && a.Row.Due == b.Row.Due
	turns := len(a.Message.Calendar) == 0 || a.Facts.Registration.Turns == b.Facts.Registration.Turns
	before := a.ToldBefore == b.ToldBefore && said(shown(a.Facts.Registration.Shown)) == said(shown(b.Facts.Registration.Shown))
	return same && turns && (!isChange(a.Row.Rule) || before)
}

// discreet are the types of events of which nobody else should learn.
var discreet = map[string]bool{"reception": true, "legal_aid": true, "health": true, "land": true}
