package mongostore_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

// proxy stands between the driver and a server. After lose, the next write
// reaches the server, and its connection breaks before the reply comes back.
type proxy struct {
	listener net.Listener
	server   string
	armed    atomic.Bool
	lost     atomic.Int64
	mu       sync.Mutex
	open     []net.Conn
	pumps    sync.WaitGroup
}

// mustProxy returns a proxy and the address to open through it.
func mustProxy(tb testing.TB, uri string) (*proxy, string) {
	tb.Helper()
	u, err := url.Parse(uri)
	if err != nil {
		tb.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &proxy{listener: listener, server: u.Host}
	p.pumps.Go(p.serve)
	tb.Cleanup(p.close)
	u.Host = listener.Addr().String()
	query := u.Query()
	query.Set("directConnection", "true")
	u.RawQuery = query.Encode()
	return p, u.String()
}

func (p *proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	for _, c := range p.open {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.pumps.Wait()
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.open = append(p.open, client, server)
		p.mu.Unlock()
		var drop atomic.Bool
		p.pumps.Go(func() { p.requests(client, server, &drop) })
		p.pumps.Go(func() { p.replies(client, server, &drop) })
	}
}

func (p *proxy) requests(client, server net.Conn, drop *atomic.Bool) {
	defer func() { _ = server.Close() }()
	for {
		message, err := readMessage(client)
		if err != nil {
			return
		}
		if isWrite(message) && p.armed.CompareAndSwap(true, false) {
			drop.Store(true)
		}
		if _, err := server.Write(message); err != nil {
			return
		}
	}
}

func (p *proxy) replies(client, server net.Conn, drop *atomic.Bool) {
	defer func() { _ = client.Close() }()
	for {
		message, err := readMessage(server)
		if err != nil {
			return
		}
		if drop.Load() {
			p.lost.Add(1)
			return
		}
		if _, err := client.Write(message); err != nil {
			return
		}
	}
}

// readMessage reads one message of the wire protocol: its length comes first.
func readMessage(r io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(size[:])
	if n < 16 || n > 64<<20 {
		return nil, errors.New("no message")
	}
	message := make([]byte, n)
	copy(message, size[:])
	_, err := io.ReadFull(r, message[4:])
	return message, err
}

// isWrite looks at the name of the command: the first key of the first
// document, after header (16), flags (4), section kind (1), length (4), type (1).
func isWrite(message []byte) bool {
	if len(message) < 27 {
		return false
	}
	name, _, _ := bytes.Cut(message[26:], []byte{0})
	switch string(name) {
	case "insert", "update", "delete":
		return true
	}
	return false
}

// setupLossy opens a new database through a proxy.
func setupLossy(tb testing.TB, variable string) (*store.Set, *proxy) {
	tb.Helper()
	uri := mustURI(tb, variable)
	name := mustDatabase(tb, uri)
	p, through := mustProxy(tb, uri)
	return mustOpen(tb, at(through, name)), p
}

// On a replica set the driver sends the write again and the server knows it; a
// standalone server knows no such thing, and the op is what tells.
func TestLostReply(t *testing.T) {
	t.Parallel()
	for _, server := range []string{replica, standalone} {
		t.Run(server, func(t *testing.T) {
			t.Parallel()
			set, p := setupLossy(t, server)
			ctx := t.Context()

			p.armed.Store(true)
			check(t, set.Rules.Create(ctx, &reminder.Rule{Head: head("r")}))
			p.armed.Store(true)
			got := must[reminder.Rule](t)(set.Rules.Update(ctx, "r", func(r *reminder.Rule) error { r.DaysBefore++; return nil }))
			same(t, "days after an update", got.DaysBefore, 1)
			same(t, "version", must[reminder.Rule](t)(set.Rules.Get(ctx, "r")).Ver, 2)

			roll := registration.Roll{Head: head("e"), Part: id.Part("e")}
			check(t, set.Rolls.CreateRoll(ctx, &roll))
			p.armed.Store(true)
			check(t, set.Rolls.SwapRoll(ctx, &roll))
			same(t, "version of the roll", roll.Ver, 2)
			same(t, "replies lost", p.lost.Load(), 3)
			wantErr(t, "the same swap again", set.Rolls.SwapRoll(ctx, &registration.Roll{Head: record.Head{ID: "e", Ver: 1}, Part: id.Part("e")}), record.ErrContended)
		})
	}
}
