//nolint:testpackage // gives the tests what they cannot see from outside
package demo

import (
	"math/rand/v2"
	"net/http"
	"time"
)

// What the tests of a way need of it.
const (
	Linger    = linger
	MostPaid  = mostPaid
	LookEvery = lookEvery
)

// Way is what the making stands back behind.
type Way = way

// NewWay makes one that reads process time.
func NewWay(process func() time.Duration) *Way { return newWay(process) }

// Around notes when somebody is answered.
func (w *way) Around(next http.Handler) http.Handler { return w.around(next) }

// Show is when the n residents of a shown Sunday register, and when it is told
// how many did.
func Show(now time.Time, n int) (arrive, told []time.Time, start time.Time) {
	start = origin{now}.sunday(next)
	for _, a := range arrivals(now, start, make([]person, n), rand.New(rand.NewPCG(1, 2))) {
		arrive = append(arrive, a.at)
	}
	return arrive, counts(now, start), start
}

// Words are those of all kinds of Sunday.
func Words() (words []string) {
	for _, k := range append([]kindOfSunday{nextShown}, kindsOfSunday...) {
		words = append(words, k.title, k.about, k.bring, k.host, k.done)
	}
	return append(words, comments...)
}
