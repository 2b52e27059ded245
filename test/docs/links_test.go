package docs

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	all := pages(t)
	count := 0
	for _, p := range all {
		for _, l := range p.text {
			for _, link := range links(l.text) {
				count++
				if why := dead(all, p, link); why != "" {
					t.Errorf("%s:%d: %s %s", p.name, l.number, link, why)
				}
			}
		}
	}
	if count < 500 {
		t.Errorf("only %d links were looked at", count)
	}
}

// links are those of a line, what stands as code apart.
func links(text string) (list []string) {
	text = inline.ReplaceAllString(text, "code")
	for _, m := range linked.FindAllStringSubmatch(text, -1) {
		if !strings.Contains(m[2], "://") && !strings.HasPrefix(m[2], "mailto:") {
			list = append(list, m[2])
		}
	}
	return list
}

func dead(all map[string]*page, from *page, link string) string {
	file, anchor, _ := strings.Cut(link, "#")
	to := from.name
	if file != "" {
		to = from.beside(file)
	}
	if strings.HasPrefix(to, "..") {
		return "leads out of the repository"
	}
	if _, err := os.Stat(filepath.Join(root, to)); err != nil {
		return "leads nowhere"
	}
	if target := all[to]; anchor != "" && target != nil && !target.anchors[anchor] {
		return "has no such heading"
	}
	return ""
}

// TestEveryPageIsReachable: a page that nothing leads to is read by nobody.
func TestEveryPageIsReachable(t *testing.T) {
	all := pages(t)
	const start = "docs/README.md"
	reached, todo := map[string]bool{start: true}, []string{start}
	for len(todo) > 0 {
		p := all[todo[0]]
		todo = todo[1:]
		for _, l := range p.text {
			for _, link := range links(l.text) {
				file, _, _ := strings.Cut(link, "#")
				for to := range all {
					if file != "" && !reached[to] && shows(all, p.beside(file), to) {
						reached[to] = true
						todo = append(todo, to)
					}
				}
			}
		}
	}
	for name := range all {
		if strings.HasPrefix(name, "docs/") && !reached[name] {
			t.Errorf("no link leads from %s to %s", start, name)
		}
	}
}

// shows: a link to a page, or to a folder, of which its README.md is shown, or
// else the list of what is in it.
func shows(all map[string]*page, link, to string) bool {
	readme := path.Join(link, "README.md")
	return link == to || readme == to || all[readme] == nil && path.Dir(to) == link
}

var picture = regexp.MustCompile(`!\[([^\]]*)\]\(`)

func TestPicturesHaveWords(t *testing.T) {
	count := 0
	for _, p := range pages(t) {
		for _, l := range p.text {
			for _, m := range picture.FindAllStringSubmatch(l.text, -1) {
				count++
				if len(strings.TrimSpace(m[1])) < 3 {
					t.Errorf("%s:%d: a picture without words", p.name, l.number)
				}
			}
		}
	}
	if count < 10 {
		t.Errorf("only %d pictures were looked at", count)
	}
}

func TestNoPageIsEmpty(t *testing.T) {
	for _, p := range pages(t) {
		words := 0
		for _, l := range slices.Concat(p.text, p.code) {
			words += len(strings.Fields(l.text))
		}
		if words < 15 {
			t.Errorf("%s has %d words", p.name, words)
		}
		if len(p.text) == 0 || !strings.HasPrefix(p.text[0].text, "# ") {
			t.Errorf("%s does not begin with its title", p.name)
		}
	}
}

// machine are folders that only one machine has.
var machine = regexp.MustCompile(`(?:^|[\s"'` + "`" + `=(])(/tmp/|/root/|/home/[a-z]|/Users/|C:\\)`)

func TestNoPageNamesAFolderOfAMachine(t *testing.T) {
	for _, p := range pages(t) {
		for _, l := range slices.Concat(p.text, p.code) {
			if m := machine.FindStringSubmatch(l.text); m != nil {
				t.Errorf("%s:%d names %s", p.name, l.number, m[1])
			}
		}
	}
}
