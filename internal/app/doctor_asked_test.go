package app_test

import (
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
)

// timeServer answers as one by NTP (RFC 5905, 7.3) whose clock is ahead; of
// stratum 0 it says that it does not know the time.
func timeServer(t *testing.T, ahead time.Duration, stratum byte) (address string) {
	t.Helper()
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
	stamp := func() uint64 {
		const from1900 = 2_208_988_800
		now := time.Now().Add(ahead)
		return uint64(now.Unix()+from1900)<<32 | uint64(now.Nanosecond())<<32/1_000_000_000
	}
	go func() {
		for in := make([]byte, 512); ; {
			n, from, err := conn.ReadFrom(in)
			if err != nil || n < 48 {
				return // closed
			}
			out := make([]byte, 48)
			out[0], out[1] = 4<<3|4, stratum // version 4, from a server
			copy(out[24:32], in[40:48])      // what the client sent comes back
			for _, at := range []int{16, 32, 40} {
				binary.BigEndian.PutUint64(out[at:], stamp())
			}
			if _, err := conn.WriteTo(out, from); err != nil {
				return
			}
		}
	}()
	return conn.LocalAddr().String()
}

func TestExamine_Clock(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		clock string
		want  app.Verdict
		says  string
	}{
		"right":     {"ntp://" + timeServer(t, 0, 2), app.Fine, "apart from this machine's"},
		"ahead":     {"ntp://" + timeServer(t, 3*time.Second, 2), app.Bad, "let chrony"},
		"behind":    {"ntp://" + timeServer(t, -time.Hour, 2), app.Bad, "1 hour apart"},
		"unsure":    {"ntp://" + timeServer(t, 0, 0), app.Unknown, "no time server answers at 127.0.0.1"},
		"no server": {"", app.Unknown, "no time server answers at pool.ntp.org"}, // its name is not found
		"nobody":    {"none", app.Unknown, "nobody was asked"},
		"no URL":    {"ntp.example.org", app.Unknown, "--clock ntp://HOST"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := app.Examination{Config: config.Config{DataDir: t.TempDir()}, Clock: tt.clock, Resolver: nobody()}
			if page := wantVerdicts(t, e, map[string]app.Verdict{"clock": tt.want}); !strings.Contains(page, tt.says) {
				t.Errorf("the page does not say %q:\n%s", tt.says, page)
			}
		})
	}
}

// A program that trusts nobody believes no header; one that trusts the network
// of its visitors believes them what it should believe its proxy alone.
func TestExamine_Forged(t *testing.T) {
	t.Parallel()
	local := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	for name, tt := range map[string]struct {
		set   []string
		known []netip.Prefix
		want  app.Verdict
		says  string
	}{
		"trusts nobody":      {nil, nil, app.Fine, "6 headers"},
		"trusts visitors":    {[]string{"SUNDAY_TRUSTED_PROXIES=127.0.0.0/8"}, nil, app.Bad, "who sends X-Forwarded-For, X-Real-Ip is taken"},
		"asked by the proxy": {[]string{"SUNDAY_TRUSTED_PROXIES=127.0.0.0/8"}, local, app.Unknown, "from another machine"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := startLogged(t, "sqlite", sunday, nil, tt.set...)
			e := app.Examination{
				Config: config.Config{DataDir: t.TempDir(), TrustedProxies: tt.known}, URL: w.app.BaseURL() + "/", Resolver: nobody(), Clock: "none",
			}
			if page := wantVerdicts(t, e, map[string]app.Verdict{"forged addresses": tt.want, "pages": app.Fine}); !strings.Contains(page, tt.says) {
				t.Errorf("the page does not say %q:\n%s", tt.says, page)
			}
		})
	}
}
