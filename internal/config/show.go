package config

import (
	_ "embed"
	"fmt"
	"io"
	"strings"
)

// Setting is one row of config show.
type Setting struct {
	// Name is the variable.
	Name string `json:"name"`
	// Value is what holds; of a secret its length and fingerprint, of a database
	// address everything but the password. Empty means unset.
	Value string `json:"value"`
	// Origin says who set it: "default", "file PATH:LINE", "environment",
	// "file of NAME_FILE PATH", "flag --x", "derived from NAME".
	Origin string `json:"origin"`
	// Meaning is the manual's sentence.
	Meaning string `json:"meaning"`
}

// source is this package's config.go, whose comments are the manual. Reading
// them from there keeps the one text from becoming two.
//
//go:embed config.go
var source string

// meanings is the comment of each field, by the name it begins with.
func meanings() map[string]string {
	all := map[string]string{}
	name := ""
	for line := range strings.SplitSeq(source, "\n") {
		comment, ok := strings.CutPrefix(line, "\t// ")
		if !ok {
			name = ""
			continue
		}
		if head, text, ok := strings.Cut(comment, ": "); ok && name == "" && head == strings.ToUpper(head) {
			name = head
			all[name] = sentence(text)
		} else if name != "" {
			all[name] += " " + comment
		}
	}
	return all
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// Settings is every setting with its value and origin, in the order of the
// manual. No secret is in it whole.
func (c *Config) Settings() []Setting {
	m := meanings()
	all := make([]Setting, 0, len(table))
	for _, s := range table {
		all = append(all, Setting{Name: s.name, Value: s.show(c), Origin: c.origins[s.name], Meaning: m[s.name]})
	}
	return all
}

// InitYAML writes a file with every setting, its meaning and its default, all
// commented out: as it stands it changes nothing.
func InitYAML(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Configuration of aiwfe-auth. Take the # away from what you want to change.\n")
	b.WriteString("# Environment variables (the same names in upper case) win over this file, flags over both.\n")
	b.WriteString("# Durations are written 90s, 60m, 24h or 30d; lists as [one, two] or with commas.\n")
	m := meanings()
	for _, s := range table {
		b.WriteString("\n")
		for _, line := range wrap(m[s.name], 98) {
			b.WriteString("# " + line + "\n")
		}
		name := strings.ToLower(s.name)
		if s.manual != "" {
			b.WriteString("# Default: " + s.manual + ".\n")
		}
		if s.secret {
			fmt.Fprintf(&b, "# Better than here in a file of its own, named by %s_file.\n", name)
		}
		fmt.Fprintf(&b, "#%s:%s\n", name, prefixed(" ", s.def))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func prefixed(p, s string) string {
	if s == "" {
		return ""
	}
	return p + s
}

func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}

// Flag is a setting that a command-line flag may give.
type Flag struct {
	// Variable is the setting's name, Name the flag's, such as public-url.
	Variable, Name string
	Meaning        string
}

// Flags lists them. A secret has only the flag of its _FILE form, for whoever
// lists the processes of a machine reads their arguments.
func Flags() []Flag {
	m := meanings()
	list := make([]Flag, 0, len(table))
	for _, s := range table {
		name, meaning := s.name, m[s.name]
		if s.secret {
			name, meaning = s.name+"_FILE", "a file that holds "+s.name
		}
		list = append(list, Flag{Variable: name, Name: strings.TrimPrefix(flagName(name), "--"), Meaning: meaning})
	}
	return list
}
