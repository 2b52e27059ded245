package selftest

import (
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// Explained is a report as it is explained to an operator: the root cause as
// the verdict, with what else was found beneath what was seen.
func (r *Report) Explained() api.Explained {
	x := api.Explained{ID: r.Code, Kind: api.ExplainedReport, Steps: []api.Step{}}
	if len(r.Findings) == 0 {
		return x
	}
	root := r.Findings[0]
	info := api.Causes[root.Cause] // of a version that is gone: the name and what was seen are left
	x.Verdict = api.Verdict{
		Refused: false, Cause: string(root.Cause), Title: info.Title, Text: info.Meaning, Evidence: r.evidence(),
		Remedy: root.Remedy(), Commands: info.Commands, Docs: doctor.Page(root.Cause),
	}
	return x
}

// evidence is when and where it was seen, what was seen of the root, and of
// what else is true beside it.
func (r *Report) evidence() string {
	lines := []string{"seen " + stamp(r.At) + " on " + r.Page + ", by " + short(r.Client.UserAgent) + " from " + r.Client.IP}
	if r.Count > 1 {
		lines = append(lines, "seen again, last "+stamp(r.Last))
	}
	for i, f := range r.Findings {
		if i > 0 {
			lines = append(lines, "also "+string(f.Cause)+":")
		}
		lines = append(lines, f.Evidence)
	}
	return strings.Join(append(lines, "request "+r.Client.RequestID), "\n")
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// Told is a report as it is shown to administrators.
func (r *Report) Told() api.BrowserReport {
	b := api.BrowserReport{
		Code: r.Code, At: r.At, LastAt: r.Last, Count: r.Count, Page: r.Page,
		IP: r.Client.IP, UserAgent: r.Client.UserAgent, RequestID: r.Client.RequestID, Findings: []api.Finding{},
	}
	for _, f := range r.Findings {
		info := api.Causes[f.Cause] // of a version that is gone: the name and what was seen are left
		b.Findings = append(b.Findings, api.Finding{
			Code: f.Cause, Severity: info.Severity, Title: info.Title, Cause: info.Meaning, Evidence: f.Evidence,
			Expected: expected(f.Cause), Remedy: f.Remedy(), Docs: doctor.Page(f.Cause), Blocks: []string{},
		})
	}
	return b
}
