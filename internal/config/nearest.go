package config

// nearest gives the name that takes fewest single-character edits to reach.
func nearest(name string, names []string) string {
	best, least := "", -1
	for _, candidate := range names {
		if n := distance(name, candidate); least < 0 || n < least {
			best, least = candidate, n
		}
	}
	return best
}

// distance is Levenshtein's, in bytes, one row at a time.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
