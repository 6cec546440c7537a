package account

import (
	"context"
	"encoding/base64"
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// Who is somebody who is signed in.
type Who struct {
	Actor   actor.Actor
	Account Account
	Session Session
}

// live tells whether the session may be used at now by an account whose
// credential is of the epoch, and which has had roles since.
func (ses Session) live(now calendar.Instant, epoch int, since calendar.Instant) bool {
	return ses.EndedAt == 0 && ses.Epoch == epoch && now < ses.EndsAt && now < ses.SeenAt.Add(SessionIdle) && ses.RolesAt >= since
}

// sessionForm tells whether a cookie could be a token at all.
func sessionForm(token string) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	return err == nil && len(b) == tokenBytes
}

// Session gives who is signed in by the token, with the roles that hold now:
// the end of a role ends what its sessions may do, and the end of the last one
// the session, also if another is given later. ErrSession where nobody is.
func (s *Access) Session(ctx context.Context, token string) (Who, error) {
	if !sessionForm(token) {
		return Who{}, ErrSession
	}
	ses, err := s.Sessions.Get(ctx, secret.LinkHash(token))
	if err != nil {
		return Who{}, noSession(err)
	}
	c, err := s.Credentials.Get(ctx, ses.Account)
	if err != nil {
		return Who{}, noSession(err)
	}
	a, err := s.Accounts.Get(ctx, ses.Account)
	if err != nil {
		return Who{}, noSession(err)
	}
	now, held := s.Wall(), a.Held(s.Now())
	if !ses.live(now, c.Epoch, a.RolesSince) || a.DisabledAt != 0 || len(held) == 0 {
		return Who{}, ErrSession
	}
	if now >= ses.SeenAt.Add(SeenEvery) {
		if ses, err = s.see(ctx, ses.ID, now); err != nil {
			return Who{}, noSession(err)
		}
	}
	act := actor.Staff(a.ID, held, actor.AllScopes)
	act.Locale = a.Locale
	return Who{Actor: act, Account: a, Session: ses}, nil
}

func (s *Access) see(ctx context.Context, hash string, now calendar.Instant) (Session, error) {
	return s.Sessions.Update(ctx, hash, func(ses *Session) error {
		if now <= ses.SeenAt {
			return record.ErrUnchanged
		}
		ses.SeenAt = now
		return nil
	})
}

// SignOut ends the session of the token; one that is none is no error.
func (s *Access) SignOut(ctx context.Context, token string) error {
	who, err := s.Session(ctx, token)
	if errors.Is(err, ErrSession) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.EndSession(ctx, who, who.Session.ID)
}

// EndSession ends one session of who is signed in, by its id; one that is over is
// no error, and one of somebody else is record.ErrAbsent.
func (s *Access) EndSession(ctx context.Context, who Who, hash string) error {
	_, err := s.Sessions.Update(ctx, hash, func(ses *Session) error {
		switch {
		case ses.Account != who.Account.ID:
			return record.ErrAbsent
		case ses.EndedAt != 0:
			return record.ErrUnchanged
		}
		ses.EndedAt = s.Wall()
		ses.Note(audit.Of(who.Actor, s.Now(), who.Account.Unit, sessionThing(ses.ID), "account.sign_out", "ended_at"))
		return nil
	})
	return err
}

// PurgeSessions forgets at most limit sessions that are over. Their times are
// real, whatever the timetable's clock says.
func (s *Access) PurgeSessions(ctx context.Context, _ calendar.Instant, limit int) (int, error) {
	return s.Sessions.Purge(ctx, s.Wall().Add(-sessionKept), limit)
}

func noSession(err error) error {
	if errors.Is(err, record.ErrAbsent) {
		return ErrSession
	}
	return err
}
