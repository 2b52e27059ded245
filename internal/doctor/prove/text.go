package prove

import (
	"fmt"
	"io"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Write prints the table.
func Write(w io.Writer, r Report) {
	named := 0
	for _, o := range r.Outcomes {
		verdict := "NOT NAMED"
		if o.Named {
			verdict = "named"
			named++
		}
		cause := string(o.Cause)
		if cause == "" {
			cause = "(nothing)"
		}
		fmt.Fprintf(w, "%-10s %-12s %-48s %s\n", verdict, o.Class, o.How, cause)
		if o.Problem != "" {
			fmt.Fprintf(w, "           the fault could not be made: %s\n", o.Problem)
		} else if !o.Named {
			fmt.Fprintf(w, "           the doctor found: %s\n", listed(o.Found))
		}
	}
	fmt.Fprintf(w, "\n%d of %d faults named in %.0f s, on a copy of the configuration with a database of its own.\n",
		named, len(r.Outcomes), r.Seconds)
}

func listed(found []api.Cause) string {
	if len(found) == 0 {
		return "nothing"
	}
	words := make([]string, 0, len(found))
	for _, f := range found {
		words = append(words, string(f))
	}
	return strings.Join(words, ", ")
}
