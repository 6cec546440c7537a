package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/web"
)

// drainWithin is how long requests under way may take once a stop was asked for.
const drainWithin = 15 * time.Second

// Listeners are the addresses that a server listens on.
type Listeners struct {
	// Pages serves pages and API; Metrics is nil where no address is set.
	Pages, Metrics net.Listener
}

// Listen takes the addresses before anything is opened, so that a free port is
// known when links are made.
func Listen(ctx context.Context, c config.Config) (Listeners, error) {
	var lc net.ListenConfig
	pages, err := lc.Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return Listeners{}, fmt.Errorf("cannot listen on %s: set SUNDAY_ADDR to a free address (port 0 takes any): %w", c.Addr, err)
	}
	if c.MetricsAddr == "" {
		return Listeners{Pages: pages}, nil
	}
	metrics, err := lc.Listen(ctx, "tcp", c.MetricsAddr)
	if err != nil {
		return Listeners{}, errors.Join(fmt.Errorf("cannot listen on %s: set SUNDAY_METRICS_ADDR to a free address: %w", c.MetricsAddr, err), pages.Close())
	}
	return Listeners{Pages: pages, Metrics: metrics}, nil
}

// Close frees the addresses.
func (l Listeners) Close() error {
	var err error
	if l.Metrics != nil {
		err = l.Metrics.Close()
	}
	return errors.Join(err, l.Pages.Close())
}

// Serve answers requests on the listeners until ctx is done, and then lets
// those under way end.
func (a *App) Serve(ctx context.Context) error {
	handler, err := a.Handler()
	if err != nil {
		return err
	}
	l := a.opt.Listeners
	servers := []*http.Server{web.NewHTTPServer(handler)}
	listeners := []net.Listener{l.Pages}
	if l.Metrics != nil {
		servers = append(servers, web.NewHTTPServer(web.MetricsHandler(a.registry)))
		listeners = append(listeners, l.Metrics)
	}
	ended := make(chan error, len(servers))
	for i := range servers {
		go func() { ended <- servers[i].Serve(listeners[i]) }()
	}
	select {
	case <-ctx.Done():
	case err = <-ended:
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainWithin)
	defer cancel()
	for _, server := range servers {
		err = errors.Join(err, server.Shutdown(within))
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
