package survey

import "slices"

// minCell is the number of answers from which a cell is shown. Nobody at all is
// shown too, as it tells of no person.
const minCell = 3

// satisfiedFrom is the level from which an answer counts as satisfied.
const satisfiedFrom = 4

// Figure is what is shown of one item. Nil is hidden.
type Figure struct {
	// Answers to this item; hidden below MinShown.
	Answers *int
	// Satisfied is the share of levels 4 and 5, thousandths, rounded half up.
	Satisfied *int64
	// Mean level, 1000 to 5000 thousandths, rounded half up.
	Mean *int64
	// Counts per level from 1 on.
	Counts [Levels]*int
}

// Count makes the histogram of answers to a number of items.
func Count(items int, answers []Answer) Histogram {
	h := Histogram{Answers: len(answers), Counts: make([][]int, items)}
	for i := range h.Counts {
		h.Counts[i] = make([]int, Levels)
		for _, a := range answers {
			if i < len(a.Levels) && a.Levels[i] >= 1 && a.Levels[i] <= Levels {
				h.Counts[i][a.Levels[i]-1]++
			}
		}
	}
	return h
}

// Summarise gives what may be shown of a result: nothing below MinShown
// answers. Counts of one or two people are hidden, and with them so many others
// (complementary hiding) that none can be reckoned from what is shown: the
// total, the share of satisfied answers, and the counts of other levels.
func Summarise(h Histogram) (figures []Figure, shown bool) {
	if h.Answers < MinShown {
		return nil, false
	}
	figures = make([]Figure, len(h.Counts))
	for i, counts := range h.Counts {
		figures[i] = figure(counts)
	}
	return figures, true
}

// Satisfied counts the answers to one item, and the satisfied ones of them.
func Satisfied(counts []int) (satisfied, answers int) {
	for i, n := range counts {
		answers += n
		if i+1 >= satisfiedFrom {
			satisfied += n
		}
	}
	return satisfied, answers
}

func figure(counts []int) Figure {
	satisfied, answers := Satisfied(counts)
	if answers < MinShown {
		return Figure{}
	}
	f := Figure{Answers: &answers}
	hidden := hide(counts)
	for i := range f.Counts {
		if !hidden[i] {
			n := counts[i]
			f.Counts[i] = &n
		}
	}
	if ShareShown(satisfied, answers) {
		share := halfUp(1000*int64(satisfied), int64(answers))
		f.Satisfied = &share
	}
	// The mean would add an equation that the hiding does not reckon with.
	if hidden == [Levels]bool{} {
		mean := halfUp(1000*weighted(counts), int64(answers))
		f.Mean = &mean
	}
	return f
}

// ShareShown reports whether the share of satisfied answers may be shown: of
// MinShown answers at least, and not where one or two people stand alone, as 9
// of 10 would say.
func ShareShown(satisfied, answers int) bool {
	return answers >= MinShown && !small(satisfied) && !small(answers-satisfied)
}

func small(n int) bool { return n > 0 && n < minCell }

// hide says which levels are hidden: all of a side (satisfied or not) on which
// one is small, so that even who knows this rule and the side's total cannot
// reckon any; and all levels where the share is hidden.
func hide(counts []int) [Levels]bool {
	satisfied, answers := Satisfied(counts)
	all := !ShareShown(satisfied, answers)
	low := all || slices.ContainsFunc(counts[:satisfiedFrom-1], small)
	high := all || slices.ContainsFunc(counts[satisfiedFrom-1:], small)
	var hidden [Levels]bool
	for i := range hidden {
		hidden[i] = low && i+1 < satisfiedFrom || high && i+1 >= satisfiedFrom
	}
	return hidden
}

func weighted(counts []int) int64 {
	var sum int64
	for i, n := range counts {
		sum += int64(i+1) * int64(n)
	}
	return sum
}

// halfUp divides two numbers that are not negative, and rounds half up.
func halfUp(num, den int64) int64 { return (2*num + den) / (2 * den) }
