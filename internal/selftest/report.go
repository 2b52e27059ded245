package selftest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
)

// Keep is how long a report stays.
const Keep = 7 * 24 * time.Hour

// most bounds what strangers can have us keep: reports of one network, and of
// all. Beyond the first the newest like it stands for one more; beyond the
// second the oldest goes.
var most = Bounds{Network: 20, All: 5000}

// Bounds are how many reports are kept.
type Bounds struct{ Network, All int }

// Report is what is kept under a code.
type Report struct {
	Code     string
	At, Last time.Time
	Count    int64
	Findings []Finding
	Page     string
	Client   audit.Client
	Network  string
	// Tally is the same for the same findings of the same browser on one day:
	// they are one report that counts.
	Tally []byte
}

// Store keeps reports.
type Store interface {
	// KeepReport keeps one, or counts it with one like it, and gives the code
	// under which it is found; "" when the network has no room left. A code that
	// is taken is ErrCodeTaken.
	KeepReport(ctx context.Context, r Report, most Bounds) (string, error)
	Report(ctx context.Context, code string) (Report, bool, error)
	Reports(ctx context.Context, limit int) ([]Report, error)
}

// ErrCodeTaken asks for another code.
var ErrCodeTaken = errors.New("this code is taken")

// Options is what the service needs.
type Options struct {
	Store Store
	Now   func() time.Time
	Log   *slog.Logger
}

// Service keeps what pages found.
type Service struct {
	o Options
	// network bounds how often one network writes, all how often everybody does.
	network, all *ratelimit.Local
}

// New refuses when something is missing.
func New(o Options) (*Service, error) {
	if o.Store == nil || o.Now == nil || o.Log == nil {
		return nil, errors.New("selftest: Store, Now and Log are needed")
	}
	return &Service{o: o, network: ratelimit.NewLocal(ofNetwork, time.Minute), all: ratelimit.NewLocal(ofAll, time.Minute)}, nil
}

// How often reports are written within a minute: a person who tries again and
// again is one that counts, and strangers cannot keep the database busy.
const (
	ofNetwork = 30
	ofAll     = 300
)

// Sweep forgets who wrote long ago.
func (s *Service) Sweep(now time.Time) {
	s.network.Sweep(now)
	s.all.Sweep(now)
}

// File keeps findings and gives the code for the page. A page must not fail
// because its report could not be kept, so it has none then.
func (s *Service) File(ctx context.Context, found []Finding, page string, who audit.Client, network string) string {
	now := s.o.Now()
	if len(found) == 0 {
		return ""
	}
	if _, ok := s.network.Spend(network, now); !ok {
		return ""
	}
	if _, ok := s.all.Spend("", now); !ok {
		return ""
	}
	r := Report{
		At: now, Last: now, Count: 1, Findings: found, Page: short(page), Client: who, Network: network,
		Tally: tally(found, network, who.UserAgent, now),
	}
	for range 5 {
		r.Code = NewCode()
		code, err := s.o.Store.KeepReport(ctx, r, most)
		if errors.Is(err, ErrCodeTaken) {
			continue
		}
		if err != nil {
			s.o.Log.Warn("a report of a browser could not be kept", "error", err)
			return ""
		}
		return code
	}
	return ""
}

// Report finds one by its code.
func (s *Service) Report(ctx context.Context, code string) (Report, bool, error) {
	return s.o.Store.Report(ctx, code)
}

// Reports are the newest.
func (s *Service) Reports(ctx context.Context, limit int) ([]Report, error) {
	return s.o.Store.Reports(ctx, limit)
}

func tally(found []Finding, network, agent string, now time.Time) []byte {
	h := sha256.New()
	for _, part := range []string{causes(found), network, agent, now.UTC().Format(time.DateOnly)} {
		fmt.Fprintf(h, "%d|%s|", len(part), part)
	}
	return h.Sum(nil)
}

func causes(found []Finding) string {
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = string(f.Cause)
	}
	return strings.Join(names, " ")
}
