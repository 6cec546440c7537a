package event

// Line is a place in one line, as people are told it.
func (p Place) Line() string {
	line := p.Name
	for _, more := range []string{p.Address, p.Link} {
		if more != "" {
			line += ", " + more
		}
	}
	return line
}

// Told is a state as residents are told of it: what happens inside the office
// before publishing and after the end is no news.
func (s State) Told() State {
	if s == Cancelled || s == Postponed {
		return s
	}
	return Published
}
