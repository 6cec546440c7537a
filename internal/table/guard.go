package table

import "strings"

// dangerous are the characters for which spreadsheets take what follows as a
// formula, or leave the cell.
const dangerous = "=+-@\t\r\n"

// Guard puts an apostrophe before a text that a spreadsheet would take for a
// formula, as one types it by hand. Unguard(Guard(s)) == s.
func Guard(s string) string {
	if formulaLike(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// Unguard takes away what Guard put there.
func Unguard(s string) string {
	if bare := strings.TrimLeft(s, "'"); len(bare) < len(s) && formulaLike(bare) {
		return s[1:]
	}
	return s
}

func formulaLike(s string) bool { return s != "" && strings.IndexByte(dangerous, s[0]) >= 0 }
