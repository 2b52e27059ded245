package docs

import (
	"regexp"
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
	for _, more := range []string{"help", "completion", "completion bash"} { // cobra's own
		known[more] = map[string]bool{}
	}
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
		for _, c := range commands(p) {
			// A file that is copied, or a thing of that name in another program's words.
			if first := c.words[0]; strings.HasPrefix(first, "/") || strings.HasPrefix(first, "--") && !everywhere[first] {
				continue
			}
			count++
			verb, rest := "", c.words
			for len(rest) > 0 && known[strings.TrimSpace(verb+" "+rest[0])] != nil {
				verb, rest = strings.TrimSpace(verb+" "+rest[0]), rest[1:]
			}
			if len(rest) > 0 && group(known, verb) && word.MatchString(rest[0]) {
				t.Errorf("%s:%d: there is no verb %q", p.name, c.number, strings.TrimSpace(verb+" "+rest[0]))
			}
			for _, w := range rest {
				flag, _, _ := strings.Cut(strings.TrimRight(w, "`.,:"), "=")
				if len(flag) > 2 && strings.HasPrefix(flag, "--") && !known[verb][flag] && !everywhere[flag] &&
					!settings[setting(flag)] {
					t.Errorf("%s:%d: %q has no flag %s", p.name, c.number, verb, flag)
				}
			}
		}
	}
	if count < 200 {
		t.Errorf("only %d commands were looked at", count)
	}
}

var word = regexp.MustCompile(`^[a-z][a-z-]*$`)

// group says whether a verb does nothing but hold others, as the program itself.
func group(known map[string]map[string]bool, verb string) bool {
	for name := range known {
		if verb == "" || strings.HasPrefix(name, verb+" ") {
			return true
		}
	}
	return false
}

var everywhere = map[string]bool{"--json": true, "--help": true, "--config": true, "--version": true}

func setting(flag string) string {
	return strings.ToUpper(strings.ReplaceAll(strings.TrimPrefix(flag, "--"), "-", "_"))
}

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
			ours := strings.HasPrefix(m[1], "aiwfe-auth ") || strings.HasPrefix(m[1], "bin/aiwfe-auth ")
			if ours && m[1] != "aiwfe-auth audit row 1" { // what a hash is made of
				add(l.number, m[1])
			}
		}
	}
	return list
}
