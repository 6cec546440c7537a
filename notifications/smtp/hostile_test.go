package smtp_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// Special answers of a hostile server.
const (
	drop  = "drop"  // ends the connection
	reset = "reset" // ends it with what was sent unread
	hang  = "hang"  // says nothing more
)

// hostile is a server that answers by a script, "" being the ordinary answer.
type hostile struct {
	extensions            []string
	greeting, ehlo        string
	mail, rcpt, data, end string
	// beforeContent is done on DATA's 354 or on BDAT before a byte is read.
	beforeContent string

	listener net.Listener
	mu       sync.Mutex
	commands []string
	contents []string
}

// start serves until the test ends.
func (h *hostile) start(t testing.TB) *hostile {
	t.Helper()
	var err error
	h.listener, err = net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		for {
			c, err := h.listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
			served.Go(func() { h.serve(c) })
		}
	})
	t.Cleanup(func() { _ = h.listener.Close() })
	return h
}

func (h *hostile) port() int { return h.listener.Addr().(*net.TCPAddr).Port }

// said lists the commands by their verbs, and what follows for MAIL and RCPT.
func (h *hostile) said() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.commands...)
}

func (h *hostile) serve(c net.Conn) {
	defer c.Close()
	p := &peer{h: h, conn: c, r: bufio.NewReaderSize(c, 1<<10)}
	if !p.say(or(h.greeting, "220 hostile ESMTP")) {
		return
	}
	for {
		line, err := p.r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		h.mu.Lock()
		h.commands = append(h.commands, line)
		h.mu.Unlock()
		if !p.answer(line) {
			return
		}
	}
}

type peer struct {
	h    *hostile
	conn net.Conn
	r    *bufio.Reader
}

// say reports whether the conversation goes on.
func (p *peer) say(text string) bool {
	switch text {
	case drop:
		return false
	case reset:
		_ = p.conn.(*net.TCPConn).SetLinger(0)
		return false
	case hang:
		_, _ = io.Copy(io.Discard, p.r)
		return false
	}
	_, err := io.WriteString(p.conn, text+"\r\n")
	return err == nil && !strings.HasPrefix(text, "421")
}

func (p *peer) answer(line string) bool {
	verb, rest, _ := strings.Cut(strings.ToUpper(line), " ")
	switch verb {
	case "EHLO":
		return p.say(or(p.h.ehlo, "250-hostile\r\n250-"+strings.Join(append(p.h.extensions, "X"), "\r\n250-")+"\r\n250 HELP"))
	case "MAIL":
		return p.say(or(p.h.mail, "250 ok"))
	case "RCPT":
		return p.say(or(p.h.rcpt, "250 ok"))
	case "DATA":
		return p.say(or(p.h.data, "354 go on")) && (!strings.HasPrefix(or(p.h.data, "354"), "354") || p.content())
	case "BDAT":
		var n int
		_, _ = fmt.Sscan(rest, &n)
		return p.chunk(n)
	case "QUIT":
		return p.say("221 bye") && false
	default:
		return p.say("250 ok")
	}
}

func (p *peer) content() bool {
	if p.h.beforeContent != "" && !p.say(p.h.beforeContent) {
		return false
	}
	var content strings.Builder
	for {
		line, err := p.r.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			p.keep(content.String())
			return p.say(or(p.h.end, "250 taken"))
		}
		content.WriteString(strings.TrimPrefix(line, "."))
	}
}

func (p *peer) chunk(n int) bool {
	if p.h.beforeContent != "" && !p.say(p.h.beforeContent) {
		return false
	}
	content := make([]byte, n)
	if _, err := io.ReadFull(p.r, content); err != nil {
		return false
	}
	p.keep(string(content))
	return p.say(or(p.h.end, "250 taken"))
}

func (p *peer) keep(content string) {
	p.h.mu.Lock()
	defer p.h.mu.Unlock()
	p.h.contents = append(p.h.contents, content)
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
