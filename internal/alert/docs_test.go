package alert

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

var update = flag.Bool("update", false, "write the table of the guide anew")

//go:generate go test . -run TestGuideHasTheRulesOfTheCode -update

const (
	guide = "../../docs/guide/alerts.md"
	from  = "<!-- rules: held equal to the code by a test -->\n"
	to    = "<!-- end -->\n"
)

func TestGuideHasTheRulesOfTheCode(t *testing.T) {
	raw, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), from)
	is, after, whole := strings.Cut(rest, to)
	if !ok || !whole {
		t.Fatal("the guide has no place for the rules")
	}
	var b strings.Builder
	b.WriteString("\n| Rule | Watches | Threshold | For | Well for | Severity | Cause |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, r := range Rules(DefaultLimits) {
		var severities []string
		for _, s := range r.Severities {
			severities = append(severities, string(s))
		}
		cause := "as found"
		if _, known := api.Causes[r.Usual]; known {
			cause = fmt.Sprintf("[%s](../errors/%s.md)", r.Usual, r.Usual)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s |\n", r.Name, r.Watches, r.Threshold, short(r.For), short(r.Keep),
			strings.Join(severities, ", "), cause)
	}
	b.WriteString("\n")
	if want := b.String(); is != want {
		if !*update {
			t.Fatalf("the table is not that of the code; run: go generate ./internal/alert\n%s", want)
		}
		if err := os.WriteFile(guide, []byte(before+from+want+to+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func short(d time.Duration) string {
	if d == 0 {
		return "at once"
	}
	if d%time.Minute != 0 {
		return d.String()
	}
	return strings.TrimSuffix(d.String(), "0s")
}
