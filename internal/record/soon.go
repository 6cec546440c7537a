package record

import "context"

type soonKey struct{}

// Soon marks writes that one thing takes on the way to its last write. A store
// may let their callers go on before they outlive a power cut, as long as they
// are read by everybody, and no later write of the process outlives what came
// before it. Whoever uses it makes one write more, without the mark, before it
// tells anybody that the thing is done.
func Soon(ctx context.Context) context.Context { return context.WithValue(ctx, soonKey{}, true) }

// IsSoon reports whether the context has the mark of Soon.
func IsSoon(ctx context.Context) bool { return ctx.Value(soonKey{}) != nil }
