package smtp

import (
	"context"
	"net"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// What tests in smtp_test may call of the inside.
var (
	ParseAddress = parseAddress
	Mask         = mask
)

// SendOver greets the server behind a connection and sends one message.
func SendOver(ctx context.Context, raw net.Conn, opt Options, m notifications.Message) error {
	s, err := greet(ctx, raw, opt.withDefaults())
	if err != nil {
		return err
	}
	e, err := compose(m)
	if err != nil {
		return err
	}
	return s.handOver(e)
}
