package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
)

const workerPrefix = "worker-"

// WorkerPrefix begins the names of the leases by which workers announce
// themselves; in a restored store nobody stands behind them.
const WorkerPrefix = workerPrefix

// HolderOptions are what a Holder needs. All but Log are required.
type HolderOptions struct {
	Leases Leases
	// Owner is this worker's id, new with every start of a process.
	Owner string
	// Prefix begins every name of Names and of no other lease.
	Prefix string
	// Names are the leases to share; a Lease's Part is the place in it.
	Names []string
	// Process is monotonic process time.
	Process func() time.Duration
	// Ended reports whether the process of another owner is known to be over,
	// so that nothing has to be waited for. Nil where that can't be known.
	Ended func(owner string) bool
	// Aside reports whether this worker cannot do now what the leases are for. As
	// long as it cannot it counts as no worker, and leaves them to those that are
	// alive; where nobody is it keeps them. Nil for never.
	Aside func() bool
	// Busy reports whether something that was begun under the lease of a part is
	// under way. Such a lease is not given up to another before that has ended, or
	// could have. Nil for never.
	Busy func(part int) bool
	Log  *slog.Logger
}

// PartNames are n names with two digits after the prefix: "part-00", "part-01" ...
func PartNames(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s%02d", prefix, i)
	}
	return names
}

// Holder shares named leases fairly among the workers that are alive. Workers
// announce themselves by leases of their own, so that each aims at its share
// and gives up what is more. Step does one round; Run is a loop around it.
type Holder struct {
	opt HolderOptions
	log *slog.Logger

	mu   sync.Mutex
	held map[string]*Lease

	// The rest belongs to Step and Release, which never run at once.
	step sync.Mutex
	rows map[string]LeaseRow      // as last seen or written by us
	seen map[string]sight         // for the beats of others
	beat map[string]time.Duration // our last renewal
	// ended are the owners of rows whose processes are over.
	ended map[string]bool
}

// sight is a row and the process time since which it stood still.
type sight struct {
	row   LeaseRow
	since time.Duration
}

// NewHolder makes a holder that holds nothing yet.
func NewHolder(opt HolderOptions) *Holder {
	log := opt.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Holder{
		opt: opt, log: log,
		held: map[string]*Lease{}, rows: map[string]LeaseRow{},
		seen: map[string]sight{}, beat: map[string]time.Duration{},
	}
}

// Held returns the leases held now, ordered by part.
func (h *Holder) Held() []*Lease {
	h.mu.Lock()
	defer h.mu.Unlock()
	leases := make([]*Lease, 0, len(h.held))
	for _, l := range h.held {
		leases = append(leases, l)
	}
	sort.Slice(leases, func(i, j int) bool { return leases[i].part < leases[j].part })
	return leases
}

// Step does one round: it looks at all leases, renews its own, announces
// itself unless it stands aside, gives up what is above its share and takes what is
// free below it.
// After an error what was held stays held until its time runs out.
func (h *Holder) Step(ctx context.Context) error {
	h.step.Lock()
	defer h.step.Unlock()
	if err := h.look(ctx); err != nil {
		return err
	}
	aside := h.opt.Aside != nil && h.opt.Aside()
	if err := h.renew(ctx, aside); err != nil {
		return err
	}
	share := h.share(aside)
	if h.count() > share {
		return h.giveUp(ctx, h.leave(h.above(share)))
	}
	h.leave(nil)
	return h.take(ctx, share-h.count())
}

// Run steps every second until ctx is done, then gives everything up.
func (h *Holder) Run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := h.Step(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("leases not renewed", "err", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			if err := h.Release(end); err != nil {
				h.log.Warn("leases not given up", "err", err)
			}
			return
		}
	}
}

// Release gives up every lease and the announcement. Safe to call twice.
func (h *Holder) Release(ctx context.Context) error {
	h.step.Lock()
	defer h.step.Unlock()
	err := h.giveUp(ctx, h.Held())
	me := workerPrefix + h.opt.Owner
	if row, ok := h.rows[me]; ok {
		_, gone := h.opt.Leases.SwapLeases(ctx, []LeaseSwap{{Seen: row, Next: LeaseRow{Name: me}}})
		err = errors.Join(err, gone)
		delete(h.rows, me)
	}
	return err
}

// look reads all rows and notes which beats moved.
func (h *Holder) look(ctx context.Context) error {
	now := h.opt.Process()
	rows := map[string]LeaseRow{}
	for _, prefix := range []string{h.opt.Prefix, workerPrefix} {
		list, err := h.opt.Leases.ListLeases(ctx, prefix)
		if err != nil {
			return fmt.Errorf("list leases: %w", err)
		}
		for _, row := range list {
			rows[row.Name] = row
			if old, ok := h.seen[row.Name]; !ok || old.row != row {
				h.seen[row.Name] = sight{row, now}
			}
		}
	}
	for name := range h.seen {
		if _, ok := rows[name]; !ok {
			delete(h.seen, name)
		}
	}
	h.rows = rows
	h.mourn()
	return nil
}

// mourn asks once for each other owner whether its process is over.
func (h *Holder) mourn() {
	h.ended = map[string]bool{}
	if h.opt.Ended == nil {
		return
	}
	asked := map[string]bool{"": true, h.opt.Owner: true}
	for _, row := range h.rows {
		if !asked[row.Owner] {
			asked[row.Owner] = true
			h.ended[row.Owner] = h.opt.Ended(row.Owner)
		}
	}
}

// renew raises the beats that are due, and drops what another has taken. Who stands
// aside takes the announcement back.
func (h *Holder) renew(ctx context.Context, aside bool) error {
	now := h.opt.Process()
	var swaps []LeaseSwap
	for _, l := range h.Held() {
		row := h.rows[l.name]
		if row.Owner != h.opt.Owner || row.Fence != l.fence {
			h.drop(l)
			h.log.Info("another worker has taken a lease", "lease", l.name)
			continue
		}
		if now-h.beat[l.name] >= RenewEvery {
			swaps = append(swaps, beatOn(row))
		}
	}
	me := workerPrefix + h.opt.Owner
	switch row, ok := h.rows[me]; {
	case aside && ok:
		swaps = append(swaps, LeaseSwap{row, LeaseRow{Name: me}})
	case aside:
	case !ok:
		swaps = append(swaps, LeaseSwap{LeaseRow{Name: me}, LeaseRow{Name: me, Owner: h.opt.Owner, Fence: 1, Beat: 1}})
	case now-h.beat[me] >= RenewEvery:
		swaps = append(swaps, beatOn(row))
	}
	done, err := h.swap(ctx, swaps)
	if err != nil {
		return fmt.Errorf("renew leases: %w", err)
	}
	for i, s := range swaps {
		if done[i] {
			h.renewed(s.Next.Name, now)
		}
	}
	return nil
}

func beatOn(row LeaseRow) LeaseSwap {
	next := row
	next.Beat++
	return LeaseSwap{row, next}
}

func (h *Holder) renewed(name string, at time.Duration) {
	h.beat[name] = at
	h.mu.Lock()
	defer h.mu.Unlock()
	if l := h.held[name]; l != nil {
		l.renewed.Store(int64(at))
	}
}

func (h *Holder) drop(l *Lease) {
	l.lose()
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.held, l.name)
}

func (h *Holder) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.held)
}

// share is how many leases each living worker aims at, none where another is alive
// and this one stands aside.
func (h *Holder) share(aside bool) int {
	alive := 0
	for name, s := range h.seen {
		if strings.HasPrefix(name, workerPrefix) && s.row.Owner != h.opt.Owner && !h.still(s) {
			alive++
		}
	}
	if aside && alive > 0 {
		return 0
	}
	alive++ // this one, whether or not its announcement was read back
	return (len(h.opt.Names) + alive - 1) / alive
}

// still reports whether whoever wrote the row is gone.
func (h *Holder) still(s sight) bool {
	return h.ended[s.row.Owner] || h.opt.Process()-s.since >= FreeAfter
}

// above are the held leases that are more than the share, the highest parts
// first, without those that only this owner can take care of at once.
func (h *Holder) above(share int) []*Lease {
	leases := h.Held()
	n := len(leases) - share
	leases = slices.DeleteFunc(leases, (*Lease).inheritance)
	return leases[max(len(leases)-n, 0):]
}

// leave has nothing more be begun under the leases, and gives those of them under
// which nothing is under way: their next owner finds nothing left behind, whatever
// becomes of this process. The other held ones go on.
func (h *Holder) leave(leases []*Lease) []*Lease {
	for _, l := range h.Held() {
		if !slices.Contains(leases, l) {
			l.stay()
		}
	}
	now := h.opt.Process()
	return slices.DeleteFunc(leases, func(l *Lease) bool {
		since := l.leave(now) // first: what is begun before it is seen to be under way
		return h.opt.Busy != nil && now-since < leaveWithin && h.opt.Busy(l.part)
	})
}

// giveUp ends held leases. Nothing is begun under them from this moment on,
// whether or not the store answers.
func (h *Holder) giveUp(ctx context.Context, leases []*Lease) error {
	var swaps []LeaseSwap
	for _, l := range leases {
		h.drop(l)
		next := h.rows[l.name]
		next.Owner = ""
		next.Beat++
		swaps = append(swaps, LeaseSwap{h.rows[l.name], next})
	}
	if _, err := h.swap(ctx, swaps); err != nil {
		return fmt.Errorf("give leases up: %w", err)
	}
	return nil
}

// take claims up to n free leases, and removes announcements of the dead.
func (h *Holder) take(ctx context.Context, n int) error {
	now := h.opt.Process()
	var swaps []LeaseSwap
	for _, name := range h.opt.Names {
		if len(swaps) < n && h.free(name) {
			row, ok := h.rows[name]
			if !ok {
				row = LeaseRow{Name: name}
			}
			swaps = append(swaps, LeaseSwap{row, LeaseRow{Name: name, Owner: h.opt.Owner, Fence: row.Fence + 1, Beat: row.Beat + 1}})
		}
	}
	done, err := h.swap(ctx, append(swaps, h.graves()...))
	if err != nil {
		return fmt.Errorf("take leases: %w", err)
	}
	for i, s := range swaps {
		if done[i] {
			h.hold(s.Next, now, h.ended[s.Seen.Owner])
		}
	}
	return nil
}

// free reports whether a lease may be taken. One that bears this worker's name
// without being held is left over from a swap whose reply was lost.
func (h *Holder) free(name string) bool {
	h.mu.Lock()
	_, mine := h.held[name]
	h.mu.Unlock()
	if mine {
		return false
	}
	s, ok := h.seen[name]
	return !ok || s.row.Owner == "" || s.row.Owner == h.opt.Owner || h.still(s)
}

func (h *Holder) hold(row LeaseRow, at time.Duration, orphan bool) {
	l := &Lease{name: row.Name, fence: row.Fence, takenAt: at, orphan: orphan, process: h.opt.Process}
	l.renewed.Store(int64(at))
	for i, name := range h.opt.Names {
		if name == row.Name {
			l.part = i
		}
	}
	h.beat[row.Name] = at
	h.mu.Lock()
	defer h.mu.Unlock()
	h.held[row.Name] = l
}

// graves are announcements of workers whose beat stands still.
func (h *Holder) graves() []LeaseSwap {
	var swaps []LeaseSwap
	for name, s := range h.seen {
		if strings.HasPrefix(name, workerPrefix) && s.row.Owner != h.opt.Owner && h.still(s) {
			swaps = append(swaps, LeaseSwap{s.row, LeaseRow{Name: name}})
		}
	}
	sort.Slice(swaps, func(i, j int) bool { return swaps[i].Seen.Name < swaps[j].Seen.Name })
	return swaps
}

// swap writes and remembers what was written.
func (h *Holder) swap(ctx context.Context, swaps []LeaseSwap) ([]bool, error) {
	if len(swaps) == 0 {
		return nil, nil
	}
	done, err := h.opt.Leases.SwapLeases(ctx, swaps)
	if err != nil {
		return nil, err
	}
	for i, s := range swaps {
		if done[i] && s.Next.Fence == 0 {
			delete(h.rows, s.Next.Name)
		} else if done[i] {
			h.rows[s.Next.Name] = s.Next
		}
	}
	return done, nil
}
