package app_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// benchClient is one HTTP connection that costs less than the server it
// measures: it shares the machine with it.
type benchClient struct {
	conn net.Conn
	in   *bufio.Reader
}

func benchDial(b *testing.B, addr string) *benchClient {
	b.Helper()
	conn, err := (&net.Dialer{}).DialContext(b.Context(), "tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() }) // the server may have been first
	return &benchClient{conn, bufio.NewReaderSize(conn, 64<<10)}
}

// do sends one whole request and reads its answer.
func (c *benchClient) do(request string) (status int, body []byte, err error) {
	if _, err := io.WriteString(c.conn, request); err != nil {
		return 0, nil, err
	}
	r, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, nil, err
	}
	body, err = io.ReadAll(r.Body)
	_ = r.Body.Close() // read to its end
	return r.StatusCode, body, err
}

// benchLoad has clients with a connection each send b.N requests, one after
// the other, and reports requests a second and how long they took. Any answer
// but the wanted one fails the benchmark.
func benchLoad(b *testing.B, addr string, clients, want int, request func(n int) string) {
	b.Helper()
	lines := make([]*benchClient, clients)
	for i := range lines {
		lines[i] = benchDial(b, addr)
	}
	benchAll(b, clients, func(client, n int) error {
		status, body, err := lines[client].do(request(n))
		if err == nil && status != want {
			err = fmt.Errorf("request %d: status %d, want %d: %.300s", n, status, want, body)
		}
		return err
	})
}

// benchAll has clients do b.N things, each one at a time.
func benchAll(b *testing.B, clients int, do func(client, n int) error) {
	b.Helper()
	var next atomic.Int64
	took := make([][]time.Duration, clients)
	var wg sync.WaitGroup
	b.ResetTimer()
	began := time.Now()
	for i := range clients {
		wg.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= b.N {
					return
				}
				at := time.Now()
				if err := do(i, n); err != nil {
					b.Error(err)
					return
				}
				took[i] = append(took[i], time.Since(at))
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(began)
	b.StopTimer()
	all := slices.Concat(took...)
	b.ReportMetric(float64(len(all))/elapsed.Seconds(), "req/s")
	reportTimes(b, all)
}

// reportTimes reports how long the middle and the slowest hundredth took.
func reportTimes(b *testing.B, all []time.Duration) {
	b.Helper()
	if len(all) == 0 {
		b.Fatal("nothing was answered")
	}
	slices.Sort(all)
	b.ReportMetric(milliseconds(all[len(all)/2]), "p50-ms")
	b.ReportMetric(milliseconds(all[len(all)*99/100]), "p99-ms")
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// rawCommits is the limit of what waits for the disk: clients whose requests
// are nothing but so many appended blocks of 4 KiB, each durable before the
// next. Like the store, it makes durable at once what came meanwhile.
func rawCommits(b *testing.B, clients, blocks int) {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	waiting := make(chan chan error, clients)
	var loop sync.WaitGroup
	loop.Go(func() {
		for first := range waiting {
			group := []chan error{first}
			for len(waiting) > 0 {
				group = append(group, <-waiting)
			}
			_, err := f.Write(make([]byte, len(group)*4096))
			if err == nil {
				err = f.Sync()
			}
			for _, done := range group {
				done <- err
			}
		}
	})
	benchAll(b, clients, func(_, _ int) error {
		done := make(chan error, 1)
		for range blocks {
			waiting <- done
			if err := <-done; err != nil {
				return err
			}
		}
		return nil
	})
	close(waiting)
	loop.Wait()
	if err := f.Close(); err != nil {
		b.Error(err)
	}
}
