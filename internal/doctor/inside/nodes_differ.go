package inside

import (
	"fmt"
	"slices"

	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// differing are the marks of those names in which nodes differ. What a node
// does not know of itself is not held against it.
func differing(list []store.Node, of []string) (settings, lines []string) {
	for _, name := range of {
		seen := map[string]bool{}
		var said []string
		for _, n := range list {
			v, has := n.Marks[name]
			if !has || v == "" && slices.Contains(secrets, name) {
				continue
			}
			seen[v] = true
			said = append(said, fmt.Sprintf("%s of %s: %s (%s)", name, title(n), shown(name, v), n.Marks[originOf+name]))
		}
		if len(seen) > 1 {
			settings = append(settings, name)
			lines = append(lines, said...)
		}
	}
	return settings, lines
}

// shown is a setting as it stands; of a key only the mark is known.
func shown(name, v string) string {
	switch {
	case slices.Contains(Marked(), name) && v != "none":
		return "a value of the mark " + v
	case v == "":
		return "nothing"
	}
	return v
}

// Differing are the settings and keys in which nodes differ.
func Differing(list []store.Node) []string {
	names, _ := differing(list, slices.Concat(secrets, compared))
	return names
}

// Marked are the settings of which only marks are compared.
func Marked() []string { return slices.Concat(secrets, masked) }
