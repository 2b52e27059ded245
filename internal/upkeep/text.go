package upkeep

import (
	"fmt"
	"io"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

// width is where lines for the console are broken.
const width = 100

// Write puts a report into words for a person: what is to be done first, with
// its command; then, in one line each, what could not be seen, what is worth
// knowing and what is well.
func Write(w io.Writer, r api.MaintenanceReport) {
	fmt.Fprintf(w, "%s maintenance of %s, %s\n%s\n", title(r.Kind), r.Subject, moment(r.At), Summary(r))
	for i, c := range r.Chores {
		if c.Verdict != api.ChoreToDo {
			continue
		}
		fmt.Fprintf(w, "\n%d. %s: %s\n", i+1, c.Title, c.Said)
		for _, e := range c.Evidence[:min(len(c.Evidence), most+1)] {
			wrap(w, "   - ", e)
		}
		wrap(w, "   ", c.Remedy)
		for _, cmd := range c.Commands {
			fmt.Fprintf(w, "   $ %s\n", cmd)
		}
	}
	fmt.Fprintln(w)
	for _, c := range r.Chores {
		if c.Verdict != api.ChoreToDo {
			wrap(w, signs[c.Verdict]+" ", c.Title+": "+c.Said)
		}
	}
}

var signs = map[string]string{api.ChoreWell: "ok  ", api.ChoreNote: "note", api.ChoreUnknown: "?   "}

// Summary is the report in one sentence.
func Summary(r api.MaintenanceReport) string {
	unknown := 0
	for _, c := range r.Chores {
		if c.Verdict == api.ChoreUnknown {
			unknown++
		}
	}
	said := "Nothing is to be done."
	if r.ToDo > 0 {
		said = many(int64(r.ToDo), "thing") + " to do."
	}
	if unknown > 0 {
		said += " " + many(int64(unknown), "thing") + " could not be seen."
	}
	return said
}

// Letter is the report as subject and text of a letter.
func Letter(r api.MaintenanceReport) (subject, text string) {
	subject = title(r.Kind) + " maintenance: nothing to do"
	if r.ToDo > 0 {
		subject = title(r.Kind) + " maintenance: " + many(int64(r.ToDo), "thing") + " to do"
	}
	var b strings.Builder
	Write(&b, r)
	return subject, b.String()
}

func title(kind string) string {
	if kind == "" {
		return ""
	}
	return strings.ToUpper(kind[:1]) + kind[1:]
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
