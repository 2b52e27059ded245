package gateway

import (
	"log"
	"log/slog"
	"time"
)

const (
	// mostMissed connections in a row, and requests are answered at once until one
	// can be made again.
	mostMissed = 3
	// lookEvery is how often that is tried.
	lookEvery = 500 * time.Millisecond
)

// note learns from how a request ended. Only what took no connection counts:
// one request that an application dies of must not close it for the others.
func (p *pool) note(err error) {
	if !unreached(err) {
		if p.missed.Load() != 0 && err == nil {
			p.missed.Store(0)
		}
		return
	}
	p.failures.Add(1)
	if p.missed.Add(1) >= mostMissed && p.down.CompareAndSwap(false, true) {
		p.log.Error("an application takes no connections; requests for it are refused until it does",
			"upstream", p.url.String(), "error", err)
		go p.look()
	}
}

// look tries to connect until it can.
func (p *pool) look() {
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-every.C:
		}
		c, err := p.dialer.DialContext(p.ctx, "tcp", address(p))
		if err != nil {
			continue
		}
		_ = c.Close()
		p.missed.Store(0)
		p.down.Store(false)
		p.log.Info("an application takes connections again", "upstream", p.url.String())
		return
	}
}

func address(p *pool) string {
	if p.url.Port() != "" {
		return p.url.Host
	}
	if p.url.Scheme == "https" {
		return p.url.Host + ":443"
	}
	return p.url.Host + ":80"
}

// State is how an application is, by its place here.
type State struct {
	Name     string
	Down     bool
	Failures uint64
	Open     int64
}

// States are those of all applications.
func (p *Proxy) States() (list []State) {
	for _, u := range p.all {
		list = append(list, State{u.name, u.pool.down.Load(), u.pool.failures.Load(), u.pool.open.Load()})
	}
	return list
}

// quiet takes what the library has to say: it is told by the line of the request.
type quiet struct{ log *log.Logger }

func newQuiet(l *slog.Logger) *quiet { return &quiet{slog.NewLogLogger(l.Handler(), slog.LevelDebug)} }
