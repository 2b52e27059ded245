package trace

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// width is where lines for the console are broken.
const width = 100

// Write puts an explanation into words for the console: first the verdict, then
// the steps, with times counted from the first.
func Write(w io.Writer, x api.Explained) {
	v := x.Verdict
	fmt.Fprintf(w, "%s\n%s\n\n", heading(x), v.Title)
	part(w, "Why", v.Text)
	part(w, "Seen", v.Evidence)
	part(w, "Remedy", v.Remedy)
	part(w, "Next", strings.Join(v.Commands, "\n"))
	part(w, "More", v.Docs)
	if len(x.Steps) == 0 {
		return
	}
	fmt.Fprintf(w, "\nSteps, from %s on\n", x.Steps[0].At.UTC().Format("2006-01-02 15:04:05Z"))
	for i := range x.Steps {
		writeStep(w, i+1, &x.Steps[i])
	}
}

func heading(x api.Explained) string {
	v := x.Verdict
	switch x.Kind {
	case api.ExplainedCode:
		return "Error code " + x.ID
	case api.ExplainedCause:
		return "Cause " + x.ID
	case api.ExplainedReport:
		return "Report " + x.ID + parens(v.Cause)
	}
	text := "Request " + x.ID
	if !v.Refused {
		return text
	}
	text += fmt.Sprintf(", refused at step %d of %d: %s", v.Step, len(x.Steps), v.Code)
	if v.Reason != "" && v.Reason != string(v.Code) {
		text += parens(v.Reason)
	}
	if v.Cause != "" && v.Cause != v.Reason {
		text += ", cause " + v.Cause
	}
	return text
}

func writeStep(w io.Writer, n int, s *api.Step) {
	mark := ' '
	if s.Asked {
		mark = '>'
	}
	line := fmt.Sprintf("%c %2d  %-10s %s", mark, n, after(s.After), s.Title)
	if s.Method != "" {
		line += "  " + s.Method + " " + s.Route
	}
	if s.Status != 0 {
		line += fmt.Sprintf("  %d", s.Status)
	}
	if s.Code != "" {
		line += " " + string(s.Code)
	}
	wrap(w, "", line)
	if s.Code != "" && s.Reason != string(s.Code) {
		stepPart(w, "reason", s.Reason)
	}
	stepPart(w, "beneath", s.Cause)
	for _, f := range s.Facts {
		stepPart(w, strings.ReplaceAll(f.Name, "_", " "), f.Text)
	}
	if !s.Asked {
		stepPart(w, "request id", s.RequestID)
	}
}

// after is a time counted from the first step.
func after(seconds float64) string {
	if seconds < 60 {
		return fmt.Sprintf("+%.3f s", seconds)
	}
	return "+" + time.Duration(seconds*float64(time.Second)).Round(time.Second).String()
}

func stepPart(w io.Writer, name, text string) {
	if text != "" {
		wrap(w, fmt.Sprintf("      %-13s ", name), text)
	}
}

// part prints one member of the verdict; an empty one is left out.
func part(w io.Writer, name, text string) {
	if text == "" {
		return
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			name = ""
		}
		wrap(w, fmt.Sprintf("   %-7s ", name), line)
	}
}

// wrap breaks a line at blanks, and indents what follows like the first words.
func wrap(w io.Writer, first, text string) {
	line, indent := first, strings.Repeat(" ", max(6, len(first)))
	for i, word := range strings.Split(text, " ") {
		switch {
		case len([]rune(line))+len([]rune(word))+1 > width && strings.TrimSpace(line) != "":
			fmt.Fprintln(w, strings.TrimRight(line, " "))
			line = indent
		case i > 0:
			line += " "
		}
		line += word
	}
	fmt.Fprintln(w, strings.TrimRight(line, " "))
}
