package policy

import (
	"fmt"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// reader goes through a file node by node, so that each problem has its line.
type reader struct{ wrong []Problem }

// add puts down what is wrong at a node; nil is the whole.
func (r *reader) add(n *yaml.Node, format string, a ...any) {
	line := 0
	if n != nil {
		line = n.Line
	}
	r.wrong = append(r.wrong, Problem{line, fmt.Sprintf(format, a...)})
}

// tags refuses words before a value such as !not, which nobody would read: it
// would hold as if they were not there.
func (r *reader) tags(n *yaml.Node) {
	if n.Style&yaml.TaggedStyle != 0 && !strings.HasPrefix(n.Tag, "!!") {
		r.add(n, "The tag %q has no meaning in a rule, so that the value would hold without it; leave it out.", n.Tag)
	}
	for _, one := range n.Content {
		r.tags(one)
	}
}

// members are what a mapping holds, each name once.
func (r *reader) members(n *yaml.Node, what string, known []string) map[string]*yaml.Node {
	if n.Kind == yaml.AliasNode {
		r.add(n, "%s refers to an anchor, which rules do not have: each says by itself whom it is about.", what)
		return nil
	}
	if n.Kind != yaml.MappingNode {
		r.add(n, "%s has members such as %s: and a value, and this is something else.", what, known[0])
		return nil
	}
	found := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch before := found[key.Value]; {
		case key.Kind != yaml.ScalarNode || !has(known, key.Value):
			r.add(key, "There is nothing by the name %q here; %s has %s.%s", key.Value, strings.ToLower(what[:1])+what[1:], listed(known), didYouMean(key.Value, known))
		case before != nil:
			r.add(key, "%s stands here twice, first in line %d; nobody could tell which one holds.", key.Value, before.Line)
		default:
			found[key.Value] = value
		}
	}
	return found
}

// word is one text; "" where it is missing or wrong.
func (r *reader) word(n *yaml.Node, name string) string {
	switch {
	case n == nil:
		return ""
	case n.Kind == yaml.AliasNode:
		r.add(n, "%s refers to an anchor, which rules do not have: each says by itself whom it is about.", name)
	case n.Kind != yaml.ScalarNode:
		r.add(n, "%s is one word, and this is a list or more.", name)
	case n.Tag == "!!null" || n.Value == "":
		r.add(n, "%s is empty, so nobody could tell what is meant; leave it out, or say it.", name)
	case strings.ContainsFunc(n.Value, unicode.IsControl):
		r.add(n, "%s has a line break or another control character; it is one line of text.", name)
	case n.Tag == "!!binary":
		r.add(n, "%s is a text, and not %s.", name, n.Tag)
	default:
		return n.Value
	}
	return ""
}

// words is a list of texts. One that is there and empty is refused: it would be
// about everything, and whoever emptied it meant nothing.
func (r *reader) words(n *yaml.Node, name string, one func(n *yaml.Node, word string) string) (list []string) {
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.ScalarNode && n.Tag != "!!null" && n.Value != "":
		r.add(n, "%s is a list: %s: [%s]", name, name, n.Value)
		return nil
	case n.Kind == yaml.AliasNode:
		r.word(n, name)
		return nil
	case n.Kind != yaml.SequenceNode || len(n.Content) == 0:
		r.add(n, "%s is an empty list. Leave it out if the rule is about all of them, or say which.", name)
		return nil
	case len(n.Content) > maxWords:
		r.add(n, "%s has %d entries, and at most %d may be.", name, len(n.Content), maxWords)
		return nil
	}
	for _, item := range n.Content {
		before := len(r.wrong)
		word := r.word(item, "An entry of "+name)
		if len(r.wrong) > before {
			continue
		}
		if word = one(item, word); has(list, word) {
			r.add(item, "%s stands twice in %s.", word, name)
		}
		list = append(list, word)
	}
	return list
}

func listed(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
