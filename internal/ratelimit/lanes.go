package ratelimit

import (
	"context"
	"sync"
)

// Lanes lets a few things of one name run at once and has the others wait.
// Guesses at one account then reserve only as many attempts as are being
// evaluated, so that fifty right passwords at once do not shut each other out,
// and one account cannot fill the queue of the hash pool.
type Lanes struct {
	width int
	mu    sync.Mutex
	m     map[string]*lane
}

type lane struct {
	free  chan struct{}
	users int
}

// NewLanes lets width run at once for each name.
func NewLanes(width int) *Lanes { return &Lanes{width: width, m: map[string]*lane{}} }

// Enter waits for a place. The caller must call leave, once or more often. The
// error is the context's.
func (l *Lanes) Enter(ctx context.Context, name string) (leave func(), err error) {
	l.mu.Lock()
	one := l.m[name]
	if one == nil {
		one = &lane{free: make(chan struct{}, l.width)}
		l.m[name] = one
	}
	one.users++
	l.mu.Unlock()

	select {
	case one.free <- struct{}{}:
		return sync.OnceFunc(func() {
			<-one.free
			l.drop(name, one)
		}), nil
	case <-ctx.Done():
		l.drop(name, one)
		return nil, ctx.Err()
	}
}

// drop forgets a lane that nobody uses.
func (l *Lanes) drop(name string, one *lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one.users--; one.users == 0 {
		delete(l.m, name)
	}
}
