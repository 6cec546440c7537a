//nolint:testpackage // gives the tests what they cannot see from outside
package weeks

import (
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// ToldBefore is the start that the recipient of a row was told last, where that
// was handed over before, and these lines were reached.
func ToldBefore(row notifications.Row, f oracle.Facts, handed []oracle.HandOver, lines []oracle.Print, calls []oracle.Call) notifications.Millis {
	p := newPost(&world{prints: lines, calls: calls})
	p.handed = handed
	return p.toldBefore(row, f)
}

// OpenSince is openSince.
func OpenSince(now, then notifications.Row) bool { return openSince(now, then) }
