package load_test

import (
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/sim/load"
)

// mongoURI is the server of scripts/mongo-for-tests.
func mongoURI(t *testing.T) string {
	t.Helper()
	uri := os.Getenv("MONGODB_URI")
	if uri == "" {
		t.Fatal("no MongoDB: MONGODB_URI is not set; run scripts/mongo-for-tests run -- go test ./..., or scripts/test")
	}
	return uri
}

func TestSend(t *testing.T)       { t.Parallel(); testSend(t, "") }
func TestSend_Mongo(t *testing.T) { t.Parallel(); testSend(t, mongoURI(t)) }

// testSend has Send account for its messages, over all that it lays.
func testSend(t *testing.T, mongo string) {
	t.Helper()
	const messages = 200
	var said []string
	r, err := load.Send(t.Context(), load.SendOptions{
		Options: load.Options{MongoURI: mongo, Progress: func(what string, _, _ int) {
			if !slices.Contains(said, what) && what != "bare loop" && what != "bulk" {
				said = append(said, what)
			}
		}},
		Messages: messages, Connections: 4, Raw: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.Messages != messages || r.PerSecond <= 0 || r.FirstSeconds < 0 || r.Seconds < r.FirstSeconds {
		t.Errorf("report = %+v", r)
	}
	if r.MessageBytes < 1500 || r.Raw == nil {
		t.Fatalf("messages of %d bytes, bare loop %+v", r.MessageBytes, r.Raw)
	}
	// other links, other names; nothing else
	if d := r.MessageBytes - r.Raw.MessageBytes; d < -20 || d > 20 {
		t.Errorf("messages of %d bytes beside %d of the bare loop", r.MessageBytes, r.Raw.MessageBytes)
	}
	if b := r.Bulk; (b != nil) != (mongo != "") || b != nil && (b.PerSecond <= 0 || r.BulkShare != r.PerSecond/b.PerSecond) {
		t.Errorf("bulk = %+v, share %v", b, r.BulkShare)
	}
	if want := []string{"people", "planning", "messages"}; !slices.Equal(said, want) {
		t.Errorf("progress of %v, want %v", said, want)
	}
}

// A server of somebody else is believed as far as it answers.
func TestSend_OtherServer(t *testing.T) {
	t.Parallel()
	sink := mustSink(t)
	r, err := load.Send(t.Context(), load.SendOptions{
		Messages: 20, Connections: 2, Raw: true,
		SMTP: &config.SMTP{Host: "127.0.0.1", Port: sink.Port(), TLS: config.TLSNone},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := sink.Count(); got.Messages != 40 || mustTwice(t, sink) != 0 || r.MessageBytes != 0 {
		t.Errorf("the server took %+v, the report says %+v", got, r)
	}
}

// strict refuses one recipient for good.
type strict struct{ refused string }

func (s strict) Mail(string, *smtp.MailOptions) error { return nil }
func (s strict) Reset()                               {}
func (s strict) Logout() error                        { return nil }

func (s strict) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.Contains(to, s.refused) {
		return &smtp.SMTPError{Code: 550, Message: "nobody here"}
	}
	return nil
}

func (s strict) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

// A message that was not taken is found out.
func TestSend_NotAccounted(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return strict{"0000007"}, nil }))
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	_, err = load.Send(t.Context(), load.SendOptions{
		Messages: 20, Connections: 2,
		SMTP: &config.SMTP{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, TLS: config.TLSNone},
	})
	if err == nil || !strings.Contains(err.Error(), "19 of 20") {
		t.Errorf("Send() = %v, want that 19 of 20 were sent", err)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	<-served
}

func TestPlan(t *testing.T)       { t.Parallel(); testPlan(t, "") }
func TestPlan_Mongo(t *testing.T) { t.Parallel(); testPlan(t, mongoURI(t)) }

func testPlan(t *testing.T, mongo string) {
	t.Helper()
	const rows = 2400 // of two events
	r, err := load.Plan(t.Context(), load.PlanOptions{Options: load.Options{MongoURI: mongo}, Rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows != rows || r.PerSecond <= 0 || r.RawPerSecond <= 0 || r.Share <= 0 {
		t.Errorf("report = %+v", r)
	}
}
