package doctor

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Check is one question.
type Check struct {
	// Name is snake case and unique.
	Name string
	// Title says what holds when it passes: "The database answers".
	Title string
	// Needs are the names of checks that must have passed before. A name that
	// is in no list of this run counts as passed, so that the same check serves
	// with and without a configuration at hand.
	Needs []string
	// Limit bounds it; zero is checkLimit.
	Limit time.Duration
	// Run asks. It returns when ctx ends, and tells what it found by r.
	Run func(ctx context.Context, r *Result)
}

// checkLimit is how long a check may take. Chains of checks that wait for dead
// peers must end within half a minute, so the long ones stop one another by
// their needs.
const checkLimit = 8 * time.Second

// Result gathers what one check found. It belongs to that check alone.
type Result struct {
	findings []api.Finding
	notes    []api.Note
	said     string
	skipped  bool
}

// Find tells of a cause. What the case at hand leaves empty comes from the
// catalogue. Once is enough to make the check fail, unless the cause is only a
// warning.
func (r *Result) Find(f api.Finding) {
	info, ok := api.Causes[f.Code]
	if !ok {
		panic(fmt.Sprintf("doctor: the cause %q is not in the catalogue", f.Code))
	}
	f.Severity, f.Title = info.Severity, info.Title
	if f.Cause == "" {
		f.Cause = info.Meaning
	}
	if f.Remedy == "" {
		f.Remedy = info.Remedy
	}
	f.Docs = Page(f.Code)
	f.Blocks = []string{}
	r.findings = append(r.findings, f)
}

// Note tells of what is no fault.
func (r *Result) Note(code, format string, args ...any) {
	r.notes = append(r.notes, api.Note{Code: code, Text: fmt.Sprintf(format, args...)})
}

// Say puts down what was seen, for the list of checks.
func (r *Result) Say(format string, args ...any) { r.said = fmt.Sprintf(format, args...) }

// Skip says why the question does not apply here. What hangs on it does not
// apply either.
func (r *Result) Skip(format string, args ...any) {
	r.skipped = true
	r.Say(format, args...)
}

// Unable says that looking itself failed, which is a finding: a doctor who
// cannot look must not call anybody healthy.
func (r *Result) Unable(what string, err error) {
	r.Find(api.Finding{
		Code: "cannot_look", Cause: "The doctor could not look: " + what + ".", Evidence: err.Error(),
		Expected: "an answer, whatever it says",
	})
}

// Page is where a cause is explained.
func Page(code api.Cause) string { return "docs/errors/" + string(code) + ".md" }

// Failed says whether what was found holds up what needs this check.
func (r *Result) Failed() bool {
	for _, f := range r.findings {
		if f.Severity != api.Warning {
			return true
		}
	}
	return false
}

// outcome is a check and how it went.
type outcome struct {
	Check
	Result
	state   string
	roots   map[api.Cause]bool // of a failed or blocked one: what holds up whatever needs it
	seconds float64
}

// run makes every check as soon as what it needs is done, and returns them in
// the order of the list.
func run(ctx context.Context, checks []Check) []*outcome {
	all := make([]*outcome, len(checks))
	done := map[string]chan struct{}{}
	byName := map[string]*outcome{}
	for i, c := range checks {
		if byName[c.Name] != nil {
			panic("doctor: two checks are named " + c.Name)
		}
		all[i] = &outcome{Check: c}
		byName[c.Name], done[c.Name] = all[i], make(chan struct{})
	}
	var wait sync.WaitGroup
	for _, o := range all {
		wait.Go(func() {
			defer close(done[o.Name])
			var needs []*outcome
			for _, name := range o.Needs {
				if ended, known := done[name]; known {
					<-ended
					needs = append(needs, byName[name])
				}
			}
			o.make(ctx, needs)
		})
	}
	wait.Wait()
	return all
}

// make runs the check when its needs allow.
func (o *outcome) make(ctx context.Context, needs []*outcome) {
	o.roots = map[api.Cause]bool{}
	for _, n := range needs {
		if n.state == api.CheckFailed || n.state == api.CheckBlocked {
			o.state = api.CheckBlocked
			for code := range n.roots {
				o.roots[code] = true
			}
		}
	}
	if o.state == api.CheckBlocked {
		return
	}
	for _, n := range needs {
		if n.state == api.CheckSkipped {
			o.state = api.CheckSkipped
			o.Say("does not apply: %s", n.said)
			return
		}
	}
	limit := o.Limit
	if limit == 0 {
		limit = checkLimit
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	began := time.Now()
	o.guarded(ctx)
	o.seconds = time.Since(began).Seconds()
	switch {
	case o.Failed():
		o.state = api.CheckFailed
		for _, f := range o.findings {
			if f.Severity != api.Warning {
				o.roots[f.Code] = true
			}
		}
	case o.skipped:
		o.state = api.CheckSkipped
	default:
		o.state = api.CheckPassed
	}
}

// guarded keeps a fault of the doctor from ending the whole examination.
func (o *outcome) guarded(ctx context.Context) {
	defer func() {
		if p := recover(); p != nil {
			o.Unable(o.Name, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	o.Run(ctx, &o.Result)
}
