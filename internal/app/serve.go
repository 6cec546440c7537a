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
	var l Listeners
	var err error
	if l.Pages, err = listen(ctx, "SUNDAY_ADDR", c.Addr); err != nil {
		return l, err
	}
	if l.Metrics, err = listen(ctx, "SUNDAY_METRICS_ADDR", c.MetricsAddr); err != nil {
		return Listeners{}, errors.Join(err, l.Close())
	}
	return l, nil
}

// listen takes one address; none where it is empty.
func listen(ctx context.Context, name, addr string) (net.Listener, error) {
	if addr == "" {
		return nil, nil
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: set %s to a free address (port 0 takes any): %w", addr, name, err)
	}
	return l, nil
}

// Close frees the addresses.
func (l Listeners) Close() error {
	var err error
	for _, one := range []net.Listener{l.Pages, l.Metrics} {
		if one != nil {
			err = errors.Join(err, one.Close())
		}
	}
	return err
}

// Serve answers requests on the listeners until ctx is done, and then lets
// those under way end.
func (a *App) Serve(ctx context.Context) error {
	var servers []*http.Server
	ended := make(chan error, 2)
	start := func(l net.Listener, h http.Handler) {
		server := web.NewHTTPServer(h)
		servers = append(servers, server)
		go func() { ended <- server.Serve(l) }()
	}
	if l := a.opt.Listeners.Pages; l != nil {
		start(l, a.handler)
	}
	if l := a.opt.Listeners.Metrics; l != nil {
		start(l, web.MetricsHandler(a.registry))
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-ended:
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainWithin)
	defer cancel()
	for _, server := range servers {
		err = errors.Join(err, server.Shutdown(within))
	}
	return err
}
