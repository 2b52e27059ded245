package doctor

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/version"
)

// Diagnose makes all checks and sorts what they found into root causes and what
// hangs on them.
func Diagnose(ctx context.Context, subject string, checks []Check) api.Diagnosis {
	began := time.Now()
	d := api.Diagnosis{
		Findings: []api.Finding{}, Blocked: []api.Blocked{}, Notes: []api.Note{}, Checks: []api.DoctorCheck{},
		Subject: subject, Version: version.String(), At: began.UTC().Truncate(time.Second),
	}
	all := run(ctx, checks)
	for _, o := range all {
		d.Checks = append(d.Checks, api.DoctorCheck{
			Check: o.Name, Title: o.Title, State: o.state, Said: o.said, Seconds: float64(int(o.seconds*1000)) / 1000,
		})
		for _, n := range o.notes {
			if !slices.Contains(d.Notes, n) {
				d.Notes = append(d.Notes, n)
			}
		}
		for _, f := range o.findings {
			d.Findings = add(d.Findings, f)
		}
	}
	d.Findings = roots(d.Findings)
	for _, o := range all {
		if o.state == api.CheckBlocked {
			d.Blocked = append(d.Blocked, blocked(o, d.Findings))
		}
	}
	slices.SortStableFunc(d.Findings, func(a, b api.Finding) int { return rank[a.Severity] - rank[b.Severity] })
	d.Healthy = len(d.Findings) == 0
	d.Seconds = float64(time.Since(began).Milliseconds()) / 1000
	return d
}

var rank = map[api.Severity]int{api.Critical: 0, api.Serious: 1, api.Warning: 2}

// add joins findings of one cause at one place: two checks may come upon the
// same thing from two sides.
func add(list []api.Finding, f api.Finding) []api.Finding {
	for i, have := range list {
		if have.Code == f.Code && (have.Setting == f.Setting || f.Setting == "" || have.Setting == "") {
			if f.Evidence != "" && !strings.Contains(have.Evidence, f.Evidence) {
				list[i].Evidence = strings.TrimPrefix(have.Evidence+"\n"+f.Evidence, "\n")
			}
			if have.Setting == "" {
				list[i].Setting = f.Setting
			}
			return list
		}
	}
	return append(list, f)
}

// roots drops what another finding brings about, and lets that one tell of it.
func roots(list []api.Finding) []api.Finding {
	by := map[api.Cause]api.Cause{}
	for _, f := range list {
		for _, effect := range api.Causes[f.Code].Explains {
			if effect != f.Code {
				by[effect] = f.Code
			}
		}
		for _, other := range list {
			if api.Causes[other.Code].Last && !api.Causes[f.Code].Last && f.Severity != api.Warning && by[other.Code] == "" {
				by[other.Code] = f.Code
			}
		}
	}
	kept := list[:0:0]
	for _, f := range list {
		if by[f.Code] == "" || explainsEachOther(by, f.Code) {
			kept = append(kept, f)
		}
	}
	for _, f := range list {
		for i := range kept {
			if cause := by[f.Code]; cause == kept[i].Code && kept[i].Code != f.Code && !has(kept, f.Code) {
				kept[i].Blocks = append(kept[i].Blocks, string(f.Code))
			}
		}
	}
	return kept
}

// explainsEachOther guards against a catalogue in which two causes explain each
// other: neither may then disappear.
func explainsEachOther(by map[api.Cause]api.Cause, code api.Cause) bool {
	return by[by[code]] == code
}

func has(list []api.Finding, code api.Cause) bool {
	return slices.ContainsFunc(list, func(f api.Finding) bool { return f.Code == code })
}

// blocked writes a check beneath each root that holds it up.
func blocked(o *outcome, findings []api.Finding) api.Blocked {
	waits := slices.Sorted(maps.Keys(o.roots))
	b := api.Blocked{Check: o.Name, Title: o.Title, WaitsFor: []string{}}
	for _, code := range waits {
		b.WaitsFor = append(b.WaitsFor, string(code))
		for i := range findings {
			if findings[i].Code == code && !slices.Contains(findings[i].Blocks, o.Name) {
				findings[i].Blocks = append(findings[i].Blocks, o.Name)
			}
		}
	}
	return b
}
