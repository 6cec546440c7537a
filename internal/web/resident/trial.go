package resident

// Trial is what the start page says in the demo alone: that all of it is made
// up, what to try, and as whom.
type Trial struct {
	// Made is how many of all Units have their weeks by now.
	Made, Units int
	// Unit is the unit that is shown, by its name.
	Unit string
	// Mails is the path of the mails that were caught, Staff of the pages of
	// staff, Scorecard of one unit's.
	Mails, Staff, Scorecard string
	SignIns                 []SignIn
}

// SignIn is an account that whoever tries the demo may use.
type SignIn struct {
	// Login names its role too: organizer, approver, reviewer or admin.
	Login, Password string
}

// Making reports whether units are still being made.
func (t Trial) Making() bool { return t.Made < t.Units }
