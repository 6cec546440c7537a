package load_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/smtp"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sunday-with-the-people/sunday/internal/sim/load"
)

func mustSink(tb testing.TB) *load.Sink {
	tb.Helper()
	s, err := load.StartSink(func() time.Duration { return 1 })
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

func mustTwice(tb testing.TB, s *load.Sink) int {
	tb.Helper()
	n, err := s.Twice()
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func addr(s *load.Sink) string { return fmt.Sprintf("127.0.0.1:%d", s.Port()) }

// converse says everything in one go and returns the codes of all answers.
func converse(tb testing.TB, s *load.Sink, said string) []int {
	tb.Helper()
	c, err := net.Dial("tcp", addr(s))
	if err != nil {
		tb.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		tb.Fatal(err)
	}
	if _, err := io.WriteString(c, said); err != nil {
		tb.Fatal(err)
	}
	var codes []int
	for r := textproto.NewConn(c); ; {
		code, _, err := r.ReadResponse(0)
		if err != nil {
			return codes
		}
		codes = append(codes, code)
	}
}

const (
	opening = "EHLO me\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\n"
	header  = "From: a@example.org\r\nMessage-ID: <%s@example.org>\r\n\r\n"
)

func TestSink(t *testing.T) {
	t.Parallel()
	mail := fmt.Sprintf(header, "1") + "Xin chào\r\n"
	again := "MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\n"
	chunk := func(text, last string) string { return fmt.Sprintf("BDAT %d%s\r\n%s", len(text), last, text) }
	tests := map[string]struct {
		said  string
		codes []int
		want  load.Count
		twice int
	}{
		"data":      {opening + "DATA\r\n" + mail + ".\r\nQUIT\r\n", []int{220, 250, 250, 250, 354, 250, 221}, load.Count{Messages: 1, Bytes: int64(len(mail))}, 0},
		"one chunk": {opening + chunk(mail, " LAST") + "QUIT\r\n", []int{220, 250, 250, 250, 250, 221}, load.Count{Messages: 1, Bytes: int64(len(mail))}, 0},
		"chunks cut anywhere": {
			opening + chunk(mail[:30], "") + chunk(mail[30:33], "") + chunk(mail[33:], "") + chunk("", " last") + "QUIT\r\n",
			[]int{220, 250, 250, 250, 250, 250, 250, 250, 221}, load.Count{Messages: 1, Bytes: int64(len(mail))}, 0,
		},
		"dots that were doubled": {opening + "DATA\r\n" + mail + "..\r\n...x\r\n.\r\nQUIT\r\n", []int{220, 250, 250, 250, 354, 250, 221}, load.Count{Messages: 1, Bytes: int64(len(mail) + len(".\r\n..x\r\n"))}, 0},
		"the same one twice": {
			opening + chunk(mail, " LAST") + again + chunk(mail, " LAST") + "QUIT\r\n",
			[]int{220, 250, 250, 250, 250, 250, 250, 250, 221}, load.Count{Messages: 2, Bytes: 2 * int64(len(mail))}, 1,
		},
		"one without a name": {opening + chunk("Subject: none\r\n\r\nMessage-ID: <1@x>\r\n", " LAST") + "QUIT\r\n", []int{220, 250, 250, 250, 250, 221}, load.Count{Messages: 1, Nameless: 1, Bytes: 36}, 0},
		"taken back":         {opening + chunk(mail, "") + "RSET\r\nQUIT\r\n", []int{220, 250, 250, 250, 250, 250, 221}, load.Count{}, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := mustSink(t)
			if diff := cmp.Diff(tt.codes, converse(t, s, tt.said)); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, s.Count(), cmpopts.IgnoreFields(load.Count{}, "First", "Last")); diff != "" {
				t.Errorf("count (-want +got):\n%s", diff)
			}
			if got := mustTwice(t, s); got != tt.twice {
				t.Errorf("%d came twice, want %d", got, tt.twice)
			}
		})
	}
}

// The sink's word is weighed against net/smtp's client.
func TestSink_Client(t *testing.T) {
	t.Parallel()
	s := mustSink(t)
	for n := range 20 {
		mail := fmt.Sprintf(header, fmt.Sprint(n)) + strings.Repeat(".\r\n..\r\nx\r\n", 3000)
		if err := smtp.SendMail(addr(s), nil, "a@example.org", []string{"b@example.org"}, []byte(mail)); err != nil {
			t.Fatal(err)
		}
		if n == 0 && !bytes.Equal(s.Sample(), []byte(mail)) {
			t.Errorf("the sample has %d bytes, want the message's %d", len(s.Sample()), len(mail))
		}
	}
	if got := s.Count(); got.Messages != 20 || mustTwice(t, s) != 0 || got.Nameless != 0 {
		t.Errorf("Count() = %+v, want 20 messages of different names", got)
	}
	c, err := smtp.Dial(addr(s))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, name := range []string{"PIPELINING", "CHUNKING"} {
		if ok, _ := c.Extension(name); !ok {
			t.Errorf("the sink does not offer %s, by which messages are handed over fastest", name)
		}
	}
}
