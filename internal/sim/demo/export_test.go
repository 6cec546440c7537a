package demo

import (
	"net/http"
	"time"
)

// What the tests of a way need of it.
const (
	Linger    = linger
	MostPaid  = mostPaid
	LookEvery = lookEvery
)

type Way = way

func NewWay(process func() time.Duration) *Way { return newWay(process) }

func (w *way) Around(next http.Handler) http.Handler { return w.around(next) }
