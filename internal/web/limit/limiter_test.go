package limit_test

import (
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/web/limit"
)

func TestLimiter(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_795_000_000, 0)
	l := limit.New(limit.Rate{Burst: 2, Every: time.Minute}, func() time.Time { return at })
	want := func(what string, wait time.Duration) {
		t.Helper()
		if got := l.Wait("a"); got != wait {
			t.Errorf("%s: wait %s, want %s", what, got, wait)
		}
	}
	want("at first", 0)
	l.Take("a", 1)
	want("after one", 0)
	l.Take("a", 1)
	want("after two", time.Minute)
	if l.Wait("b") != 0 {
		t.Error("another has to wait too")
	}
	l.Give("a", 1)
	want("one was no failure", 0)
	l.Take("a", 50)
	want("however many: never longer than for one", time.Minute)
	at = at.Add(time.Minute)
	want("a minute later", 0)
	at = at.Add(time.Hour)
	l.Give("a", 5)
	l.Take("a", 2)
	want("what is given back to a full bucket is lost", time.Minute)
}
