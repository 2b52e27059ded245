package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// verbs are those of docs/reference/cli.md with their flags; a test beside the
// program holds that page to it.
func verbs(t *testing.T) map[string]map[string]bool {
	t.Helper()
	known, verb := map[string]map[string]bool{}, ""
	for _, l := range pages(t)["docs/reference/cli.md"].text {
		if h := heading.FindStringSubmatch(l.text); h != nil {
			verb = h[1]
			known[verb] = map[string]bool{}
		}
		if f := flagged.FindStringSubmatch(l.text); f != nil {
			known[verb]["--"+f[1]] = true
		}
	}
	known["help"], known["completion"], known["completion bash"] = map[string]bool{}, map[string]bool{}, map[string]bool{}
	if len(known) < 50 || !known["user create"]["--email"] {
		t.Fatalf("the page of verbs was read as %d verbs", len(known))
	}
	return known
}

var (
	flagged = regexp.MustCompile("^\\| `--([a-z-]+)")
	called  = regexp.MustCompile(`(?:^|[\s(/])aiwfe-auth((?: +[^\s|;&<>()#]+)+)`)
)

func TestCommandsOfPagesExist(t *testing.T) {
	known, settings, count := verbs(t), settings(t), 0
	for _, p := range pages(t) {
		if p.name == "CHANGELOG.md" { // what it was called then
			continue
		}
		for _, command := range commands(p) {
			if strings.HasPrefix(command.words[0], "/") { // a file that is copied
				continue
			}
			count++
			verb, rest := "", command.words
			for len(rest) > 0 && known[strings.TrimSpace(verb+" "+rest[0])] != nil {
				verb, rest = strings.TrimSpace(verb+" "+rest[0]), rest[1:]
			}
			if verb == "" && !strings.HasPrefix(rest[0], "-") && !placeholder(rest[0]) {
				t.Errorf("%s:%d: there is no verb %q", p.name, command.number, rest[0])
			}
			if group := known[verb+" list"] != nil || verb == "config" || verb == "token" || verb == "backup" || verb == "migrate"; group && len(rest) > 0 {
				if w := rest[0]; regexp.MustCompile(`^[a-z]+$`).MatchString(w) {
					t.Errorf("%s:%d: there is no verb %q %q", p.name, command.number, verb, w)
				}
			}
			for _, w := range rest {
				flag, _, _ := strings.Cut(strings.TrimRight(w, "`.,:"), "=")
				if strings.HasPrefix(flag, "--") && len(flag) > 2 && !known[verb][flag] && !everywhere[flag] && !settings[setting(flag)] {
					t.Errorf("%s:%d: %q has no flag %s", p.name, command.number, verb, flag)
				}
			}
		}
	}
	if count < 200 {
		t.Errorf("only %d commands were looked at", count)
	}
}

var everywhere = map[string]bool{"--json": true, "--help": true, "--config": true, "--version": true}

func setting(flag string) string {
	return strings.ToUpper(strings.ReplaceAll(strings.TrimPrefix(flag, "--"), "-", "_"))
}

// placeholder: VERB, NAME, ....
func placeholder(w string) bool { return w == strings.ToUpper(w) }

type command struct {
	number int
	words  []string
}

// commands are those in blocks for a shell, and those that stand in a sentence
// as code.
func commands(p *page) (list []command) {
	add := func(number int, text string) {
		for _, m := range called.FindAllStringSubmatch(text, -1) {
			list = append(list, command{number, strings.Fields(m[1])})
		}
	}
	for _, l := range p.code {
		if l.language == "sh" {
			add(l.number, strings.Split(l.text, " #")[0])
		}
	}
	for _, l := range p.text {
		for _, m := range inline.FindAllStringSubmatch(l.text, -1) {
			if strings.HasPrefix(m[1], "aiwfe-auth ") && m[1] != "aiwfe-auth audit row 1" || strings.HasPrefix(m[1], "bin/aiwfe-auth ") {
				add(l.number, m[1])
			}
		}
	}
	return list
}

func settings(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	for _, l := range pages(t)["docs/reference/settings.md"].text {
		for _, m := range inline.FindAllStringSubmatch(l.text, -1) {
			if variable.MatchString(m[1]) {
				known[m[1]] = true
			}
		}
	}
	if len(known) < 60 {
		t.Fatalf("the page of settings was read as %d settings", len(known))
	}
	return known
}

var variable = regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$`)

// others are names in capitals that are no settings.
var others = map[string]bool{
	"AIWFE_PROFILE_DIR": true, "SSL_CERT_FILE": true, "IMPORT_DATABASE_URL": true,
	// constants of FastAPI-Users
	"LOGIN_BAD_CREDENTIALS": true, "REGISTER_USER_ALREADY_EXISTS": true, "REGISTER_INVALID_PASSWORD": true,
	"RESET_PASSWORD_BAD_TOKEN": true, "VERIFY_USER_BAD_TOKEN": true, "LOGIN_USER_NOT_VERIFIED": true,
	"VERIFY_USER_ALREADY_VERIFIED": true, "UPDATE_PASSWORD": true, "VERIFY_EMAIL": true,
}

func TestSettingsOfPagesExist(t *testing.T) {
	known, count := settings(t), 0
	for _, p := range pages(t) {
		if p.name == "CHANGELOG.md" {
			continue
		}
		for _, l := range p.text {
			for _, m := range inline.FindAllStringSubmatch(l.text, -1) {
				name, _, _ := strings.Cut(m[1], "=")
				if !variable.MatchString(name) {
					continue
				}
				count++
				if strings.HasPrefix(name, "AIWFE_TEST_") { // switches of long tests
					continue
				}
				if !known[name] && !known[strings.TrimSuffix(name, "_FILE")] && !others[name] {
					t.Errorf("%s:%d: there is no setting %s", p.name, l.number, name)
				}
			}
		}
	}
	if count < 200 {
		t.Errorf("only %d settings were looked at", count)
	}
}

// TestTestsThatPagesNameExist: a promise is as good as the test that holds it.
func TestTestsThatPagesNameExist(t *testing.T) {
	known := tests(t)
	all := pages(t)
	for _, p := range all {
		for _, l := range p.text {
			for _, m := range testName.FindAllString(l.text, -1) {
				if !known[m] && !strings.HasSuffix(p.name, "CHANGELOG.md") {
					t.Errorf("%s:%d: there is no test %s", p.name, l.number, m)
				}
			}
		}
	}
	for _, l := range all["docs/threat-model.md"].text {
		if threat.MatchString(l.text) && !testName.MatchString(l.text) {
			t.Errorf("docs/threat-model.md:%d: a threat without a test", l.number)
		}
	}
	if n := len(slices.DeleteFunc(all["docs/threat-model.md"].text, func(l line) bool { return !threat.MatchString(l.text) })); n < 40 {
		t.Errorf("only %d threats were looked at", n)
	}
}

var (
	testName = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+`)
	threat   = regexp.MustCompile(`^\| [STRIDE]\d+ \|`)
	declared = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z]\w+)\(`)
)

func tests(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		content, err := os.ReadFile(file)
		for _, m := range declared.FindAllSubmatch(content, -1) {
			known[string(m[1])] = true
		}
		return err
	})
	if err != nil || len(known) < 1000 {
		t.Fatalf("%d tests were found (%v)", len(known), err)
	}
	return known
}
