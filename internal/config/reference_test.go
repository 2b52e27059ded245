package config

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/reference/settings.md anew")

// chapters are the headings of the page, each before the setting it begins with.
var chapters = map[string]string{
	"ENVIRONMENT":          "What it is",
	"LISTEN_ADDR":          "Addresses",
	"DATA_DIR":             "Where things are kept",
	"UPSTREAM_URL":         "Applications behind it",
	"JWT_SECRET_KEY":       "Keys",
	"ACCESS_TOKEN_TTL":     "Sessions and tokens",
	"LOGIN_LIMIT_ACCOUNT":  "Signing in",
	"PRODUCT_NAME":         "How it looks",
	"SMTP_URL":             "Mail and contact",
	"AUDIT_RETENTION":      "Audit",
	"METRICS_TOKEN":        "Metrics, traces and logs",
	"ALERT_MAIL":           "Alerts",
	"LOG_LEVEL":            "Log and stopping",
	"BACKUP_EVERY":         "Backups",
	"MAINTENANCE_SCHEDULE": "Maintenance",
}

const settingsHead = `# Settings

Every setting, made from the program itself (` + "`go generate ./internal/config`" + `).

Each is an environment variable, a key in lower case of the file that ` + "`--config`" + ` names, and a flag
(` + "`PUBLIC_URL`, `public_url:`, `--public-url`" + `). Flags win over the environment, and that over the file.
Durations are written ` + "`90s`, `60m`, `24h` or `30d`" + `; lists with commas.

A secret has no flag of its own, since whoever lists the processes of a machine reads it: put it into a file that only
the service can read, and name that with ` + "`NAME_FILE`" + `.

` + "```sh" + `
aiwfe-auth config init     # all of this as a file to fill in
aiwfe-auth config check    # every fault at once
aiwfe-auth config show     # what holds, and who set it
` + "```" + `
`

func settingsPage() string {
	var b strings.Builder
	b.WriteString(settingsHead)
	meaning := meanings()
	for _, s := range table {
		if title := chapters[s.name]; title != "" {
			fmt.Fprintf(&b, "\n## %s\n\n| Setting | Default | Meaning |\n| --- | --- | --- |\n", title)
		}
		text := meaning[s.name]
		if s.secret {
			text += " *Secret: `" + s.name + "_FILE` names a file that holds it.*"
		}
		fmt.Fprintf(&b, "| <a id=\"%s\"></a>`%s` | %s | %s |\n", strings.ToLower(s.name), s.name, defaultOf(s), cell(text))
	}
	return b.String()
}

func defaultOf(s setting) string {
	if s.def != "" {
		return "`" + s.def + "`"
	}
	return cell(s.manual)
}

// cell keeps a text within its cell.
func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }

//go:generate go test . -run TestReferenceOfSettingsIsUpToDate -update
func TestReferenceOfSettingsIsUpToDate(t *testing.T) {
	const file = "../../docs/reference/settings.md"
	want := settingsPage()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil { //nolint:gosec // a page of the documentation
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("%s is not what the table says (%v); run: go generate ./internal/config", file, err)
	}
	for name := range chapters {
		if !strings.Contains(want, "| <a id=\""+strings.ToLower(name)+"\">") {
			t.Errorf("a chapter begins with %s, which is no setting", name)
		}
	}
}
