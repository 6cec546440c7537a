package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/web/limit"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// Limits bound what one address or token may get wrong, and how many mails one
// address may cause. What succeeds is never counted, since a whole commune may
// share one address. Zero values stand for the defaults.
type Limits struct {
	// Failures defaults to 100, and one more every second.
	Failures Rate
	// Links are links of one's own that open nothing; they default to 20, and one
	// more every 3 seconds: 20 a minute. Only pages behind such links wait.
	Links Rate
	// Mails defaults to 60, and one more every 20 seconds.
	Mails Rate
	// Letters are mails about one account that the API is asked for. They default to
	// 3, and one more every 20 minutes.
	Letters Rate
	// Guesses of passwords; the pages of staff have several limits for them, whose
	// place it takes.
	Guesses Rate
}

// Rate allows a number at once, and one more after each while.
type Rate = limit.Rate

var (
	errTooMany      = fault.New(fault.TooMany, "too_many")
	errTooManyLinks = fault.New(fault.TooMany, "too_many_links")
)

type limits struct {
	failures, links, mails *limit.Limiter
	// letters are mails about one account that the API is asked for.
	letters *limit.Limiter
}

func newLimits(l Limits, now func() time.Time) *limits {
	return &limits{
		failures: limit.New(l.Failures.Or(Rate{Burst: 100, Every: time.Second}), now),
		links:    limit.New(l.Links.Or(Rate{Burst: 20, Every: 3 * time.Second}), now),
		mails:    limit.New(l.Mails.Or(Rate{Burst: 60, Every: 20 * time.Second}), now),
		letters:  limit.New(l.Letters.Or(Rate{Burst: 3, Every: 20 * time.Minute}), now),
	}
}

// Wait says how long a token has to wait after all that it got wrong.
func (l *limits) Wait(token string) time.Duration { return l.failures.Wait(tokenKey(token)) }

// TryMail counts a mail about an account that somebody with the token asks for, or
// says how long they have to wait. back takes it back where no mail came of it.
func (l *limits) TryMail(token, account string) (wait time.Duration, back func()) {
	a := limit.Attempt{{Limiter: l.mails, Key: tokenKey(token)}, {Limiter: l.letters, Key: account}}
	return a.Take(), a.Back
}

// middleware refuses who has used up a limit, and counts afterwards.
func (l *limits) middleware(c *gin.Context) {
	state := request.From(c.Request.Context())
	wait, why := l.failures.Wait(clientKey(state)), errTooMany
	if c.Request.Method == http.MethodPost && !isAPI(c) {
		wait = max(wait, l.mails.Wait(clientKey(state)))
	}
	if links := l.links.Wait(clientKey(state)); opens(c.FullPath()) && links > wait {
		wait, why = links, errTooManyLinks
	}
	if wait > 0 {
		c.Header("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		answer(c, why)
		return
	}
	c.Next()
	l.mails.Take(clientKey(state), state.Mails())
	if opens(c.FullPath()) && c.Writer.Status() == http.StatusNotFound {
		l.links.Take(clientKey(state), 1)
	}
	if !failed(c.Writer.Status()) {
		return
	}
	if token := state.Token(); token != "" {
		l.failures.Take(tokenKey(token), 1)
		return
	}
	l.failures.Take(clientKey(state), 1)
}

// opens reports whether a route's link opens what is somebody's own.
func opens(route string) bool {
	return strings.Contains(route, "/:token") || strings.HasPrefix(route, outreach.SurveyPath)
}

// failed tells guesses and mistakes from a race that an honest client lost.
func failed(status int) bool {
	switch status {
	case http.StatusConflict, http.StatusPreconditionFailed, http.StatusTooManyRequests:
		return false
	default:
		return status >= 400 && status < 500
	}
}

func clientKey(s *request.State) string { return "a:" + s.Client }

func tokenKey(hash string) string { return "t:" + hash }
