// Package prove shows an operator that the doctor works on this machine: it
// makes a sandboxed copy of the configuration, breaks it in known ways, one at a
// time, and looks whether the doctor names each. The real database, the real
// data folder and the real peers are never touched.
package prove

import (
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
)

// Fault is one way to break the copy. Whatever is nil stays as it was.
type Fault struct {
	// Class is a word for the kind, How says what is done.
	Class, How string
	// Cause is what the doctor must find: first, and nothing else.
	Cause api.Cause
	// settings changes what the server and the doctor are configured with, hidden
	// what the doctor alone is, as for a server that was not restarted.
	settings func(b *box, env map[string]string)
	// rows breaks the database, while nobody has it open.
	rows func(ctx context.Context, db *sql.DB) error
	// front makes the proxy misbehave.
	front func(p *proxy)
	// cert is what the proxy shows.
	cert func(a *authority) (tls.Certificate, error)
}

// Outcome is how the doctor did.
type Outcome struct {
	Class   string      `json:"class"`
	How     string      `json:"how"`
	Cause   api.Cause   `json:"cause"`
	Found   []api.Cause `json:"found"`
	Named   bool        `json:"named" doc:"Whether the cause was found, first, and nothing else."`
	Problem string      `json:"problem,omitzero" doc:"What kept the fault from being made."`
	Seconds float64     `json:"seconds"`
}

// Report is the whole proof.
type Report struct {
	Proved   bool      `json:"proved"`
	Outcomes []Outcome `json:"outcomes"`
	Seconds  float64   `json:"seconds"`
}

// atOnce is how many copies run at a time: enough to be quick, and few enough
// for a machine that serves people meanwhile.
const atOnce = 3

// Run breaks a copy of cfg in every way.
func Run(ctx context.Context, cfg *config.Config) (Report, error) {
	began := time.Now()
	folder, err := os.MkdirTemp("", "aiwfe-prove-")
	if err != nil {
		return Report{}, fmt.Errorf("no folder for the copy can be made: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	a, err := newAuthority(filepath.Join(folder, "authority.pem"))
	if err != nil {
		return Report{}, err
	}
	faults := Faults()
	r := Report{Proved: true, Outcomes: make([]Outcome, len(faults))}
	turns := make(chan struct{}, atOnce)
	var wait sync.WaitGroup
	for i, f := range faults {
		wait.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			r.Outcomes[i] = f.try(ctx, &box{folder: filepath.Join(folder, fmt.Sprint(i)), cfg: cfg, authority: a})
		})
	}
	wait.Wait()
	for _, o := range r.Outcomes {
		r.Proved = r.Proved && o.Named
	}
	r.Seconds = time.Since(began).Seconds()
	return r, ctx.Err()
}

// try makes one copy, breaks it and asks the doctor.
func (f Fault) try(ctx context.Context, b *box) Outcome {
	began := time.Now()
	o := Outcome{Class: f.Class, How: f.How, Cause: f.Cause, Found: []api.Cause{}}
	d, err := b.examine(ctx, f)
	err = errors.Join(err, b.close())
	for _, found := range d.Findings {
		o.Found = append(o.Found, found.Code)
	}
	if err != nil {
		o.Problem = err.Error()
	}
	want := []api.Cause{f.Cause}
	if f.Cause == "" {
		want = []api.Cause{}
	}
	o.Named = err == nil && slices.Equal(o.Found, want)
	o.Seconds = time.Since(began).Seconds()
	return o
}
