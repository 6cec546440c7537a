package event

import (
	"slices"
	"strings"
)

// Line is a place in one line, as people are told it.
func (p Place) Line() string {
	parts := []string{p.Name, p.Address, p.Link}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// Told is a state as residents are told of it: what happens inside the office
// before publishing and after the end is no news.
func (s State) Told() State {
	if s == Cancelled || s == Postponed {
		return s
	}
	return Published
}
