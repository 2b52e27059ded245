package doctor

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

// width is where lines for the console are broken.
const width = 100

// Write puts a diagnosis into words for the console: first what is wrong, then
// what is worth knowing, then what was looked at.
func Write(w io.Writer, d api.Diagnosis) {
	fmt.Fprintf(w, "%s\n", d.Subject)
	counts := map[string]int{}
	for _, c := range d.Checks {
		counts[c.State]++
	}
	checks := "checks"
	if len(d.Checks) == 1 {
		checks = "check"
	}
	fmt.Fprintf(w, "%d %s in %.1f s: %s\n", len(d.Checks), checks, d.Seconds, tallied(counts))
	for i, f := range d.Findings {
		fmt.Fprintf(w, "\n%d. %s\n   %s · %s\n", i+1, f.Title, f.Code, f.Severity)
		part(w, "Cause", f.Cause)
		part(w, "Evidence", f.Evidence)
		part(w, "Expected", f.Expected)
		part(w, "Setting", f.Setting)
		part(w, "Remedy", f.Remedy)
		part(w, "Blocks", strings.Join(f.Blocks, ", "))
		part(w, "More", "aiwfe-auth explain "+string(f.Code))
	}
	if len(d.Notes) > 0 {
		fmt.Fprintln(w, "\nNotes")
		for _, n := range d.Notes {
			wrap(w, "   ", n.Text)
		}
	}
	switch {
	case d.Healthy && answered(d):
		fmt.Fprintln(w, "\nNo cause was found: people can sign in.")
	case d.Healthy:
		fmt.Fprintln(w, "\nNo cause was found. No server was asked, so whether people can sign in was not seen.")
	}
}

// answered says whether a server was seen to answer.
func answered(d api.Diagnosis) bool {
	return slices.ContainsFunc(d.Checks, func(c api.DoctorCheck) bool {
		return c.State == api.CheckPassed && (c.Check == "public_answers" || c.Check == "server_running")
	})
}

// WriteChecks lists every check, for --verbose.
func WriteChecks(w io.Writer, d api.Diagnosis) {
	fmt.Fprintln(w, "\nChecks")
	for _, c := range d.Checks {
		fmt.Fprintf(w, "   %-8s %-28s %s\n", c.State, c.Check, c.Said)
	}
}

func tallied(counts map[string]int) string {
	var parts []string
	for _, state := range []string{api.CheckPassed, api.CheckFailed, api.CheckBlocked, api.CheckSkipped} {
		if counts[state] > 0 || state == api.CheckPassed {
			parts = append(parts, fmt.Sprintf("%d %s", counts[state], state))
		}
	}
	return strings.Join(parts, ", ")
}

// part prints one member of a finding; an empty one is left out.
func part(w io.Writer, name, text string) {
	if text == "" {
		return
	}
	for i, line := range strings.Split(text, "\n") {
		label := name
		if i > 0 {
			label = ""
		}
		wrap(w, fmt.Sprintf("   %-9s ", label), line)
	}
}

// wrap breaks a line at words, and indents what follows like the first.
func wrap(w io.Writer, first, text string) {
	indent := strings.Repeat(" ", len(first))
	line := first
	for word := range strings.FieldsSeq(text) {
		if len(line)+len(word)+1 > width && strings.TrimSpace(line) != "" && line != first {
			fmt.Fprintln(w, strings.TrimRight(line, " "))
			line = indent
		}
		line += word + " "
	}
	fmt.Fprintln(w, strings.TrimRight(line, " "))
}
