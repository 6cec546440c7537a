package request

import (
	"context"
	"sync"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
)

// State is what is known of one request. The server makes one for each.
type State struct {
	// Texts speak the language that was asked for by ?lang= or Accept-Language.
	Texts *i18n.Printer
	// Client names the network address for limits: whole for IPv4, the first 64
	// bits of IPv6. It is never logged and never stored.
	Client string

	mu    sync.Mutex
	token string
	mails int
	fault string
	cause string
}

type key struct{}

// With gives a context that carries the state.
func With(ctx context.Context, s *State) context.Context { return context.WithValue(ctx, key{}, s) }

// From gives the state of the request, never nil.
func From(ctx context.Context) *State {
	if s, ok := ctx.Value(key{}).(*State); ok {
		return s
	}
	return &State{}
}

// Texts gives the printer of the language that was asked for. Outside of a
// request of the server it is nil.
func Texts(ctx context.Context) *i18n.Printer { return From(ctx).Texts }

// Lang is the language of the answer, "vi", "en" or "pl".
func Lang(ctx context.Context) string {
	if t := Texts(ctx); t != nil {
		return t.Lang()
	}
	return i18n.Default
}

// CausedMail tells the server that the request made a mail go to an address
// that was typed: the sender's address may cause only so many.
func CausedMail(ctx context.Context) { From(ctx).addMail() }

// Mails is how many mails the request has caused.
func (s *State) Mails() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails
}

// SetToken notes by its hash which API token the request came with.
func (s *State) SetToken(hash string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = hash
}

// Token is the hash of a valid API token that the request came with, or empty.
func (s *State) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

// SetFault notes the code of the error that the request was answered with, for
// the access log.
func (s *State) SetFault(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = code
}

// Fault is the code of the error that was answered, or empty.
func (s *State) Fault() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fault
}

// SetCause notes why the request failed on our side, in words that may be
// logged.
func (s *State) SetCause(words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cause = words
}

// Cause is why the request failed on our side, or empty.
func (s *State) Cause() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cause
}

func (s *State) addMail() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails++
}
