package resident_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkEvent_HTTP loads one event's page over 16 connections. The figures
// beside it are the slowest hundredth and the limit: the same answer without
// any work.
func BenchmarkEvent_HTTP(b *testing.B) {
	w := setup(b)
	e := w.publish(b, input())
	w.join(b, e, "3")
	page := []byte(w.get("/e/" + e.ID).body)
	b.Run("page", func(b *testing.B) { load(b, w.pages, "/e/"+e.ID) })
	b.Run("limit", func(b *testing.B) {
		load(b, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write(page) }), "/")
	})
}

func load(b *testing.B, h http.Handler, path string) {
	b.Helper()
	const connections = 16
	server := httptest.NewServer(h)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, DisableCompression: true}}
	var left atomic.Int64
	left.Store(int64(b.N))
	took := make([][]time.Duration, connections)
	var wg sync.WaitGroup
	b.ResetTimer()
	for i := range connections {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				began := time.Now()
				fetch(b, client, server.URL+path)
				took[i] = append(took[i], time.Since(began))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	all := slices.Sorted(slices.Values(slices.Concat(took...)))
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}

func fetch(b *testing.B, client *http.Client, url string) {
	r, err := client.Get(url)
	if err != nil {
		b.Error(err)
		return
	}
	_, err = io.Copy(io.Discard, r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		b.Errorf("%d, %v", r.StatusCode, err)
	}
	_ = r.Body.Close()
}
