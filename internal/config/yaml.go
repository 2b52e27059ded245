package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// inQuotes finds what the YAML reader quotes back at us; it may be a piece of a
// password that begins with a * and was taken for an alias.
var inQuotes = regexp.MustCompile("['\"`].*['\"`]")

// readYAML takes the settings out of a flat file. It reads nodes, not a map, for
// the line of each value and to see a key that stands there twice.
func (l *loader) readYAML(path string) {
	if path == "" {
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		l.add(Fault{
			Variable: "--config", Value: shown(path, false), Origin: "flag --config",
			Problem: "The configuration file cannot be read: " + reason(err) + ".", Expected: "the path of a YAML file that this user may read",
		})
		return
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return // nothing but comments
	} else if err != nil {
		l.yamlFault(path, 0, "This is not YAML: "+inQuotes.ReplaceAllString(err.Error(), "(left out)")+".")
		return
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		l.yamlFault(path, more.Line, "There is a second document after the first, which nobody would read.")
	}
	top := doc.Content[0]
	if top.Kind == yaml.ScalarNode && top.Tag == "!!null" {
		return
	}
	if top.Kind != yaml.MappingNode {
		l.yamlFault(path, top.Line, "The file must be a list of settings, one \"name: value\" a line.")
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(top.Content); i += 2 {
		l.yamlSetting(path, top.Content[i], top.Content[i+1], seen)
	}
}

func (l *loader) yamlSetting(path string, key, val *yaml.Node, seen map[string]int) {
	name := strings.ToUpper(key.Value)
	place := fmt.Sprintf("file %s:%d", path, key.Line)
	s, isFile, ok := lookup(name)
	if !ok || key.Kind != yaml.ScalarNode || key.Value != name && key.Value != strings.ToLower(name) {
		l.add(Fault{
			Variable: cut(credentials.ReplaceAllString(key.Value, "//***@")), Origin: place, Problem: "There is no setting of this name.",
			Expected: "a name that \"config init\" lists, in lower case", Hint: didYouMean(name),
			Cause: "setting_unknown",
		})
		return
	}
	if line, twice := seen[name]; twice {
		l.add(Fault{Variable: name, Origin: place, Problem: fmt.Sprintf("The setting stands in the file twice; the other is line %d.", line), Expected: "one of the two"})
		return
	}
	seen[name] = key.Line
	v := value{origin: place, layer: fromFile}
	if val.Kind == yaml.AliasNode {
		val = val.Alias
	}
	switch {
	case val.Kind == yaml.ScalarNode && val.Tag == "!!null":
		if name == "ACCENT_COLOR" {
			l.colorAsComment(place, key.LineComment+val.LineComment)
		}
		return // as an empty variable: unset
	case val.Kind == yaml.ScalarNode:
		v.raw = val.Value
	case val.Kind == yaml.SequenceNode && s.list && !isFile && scalars(val):
		v.items = []string{}
		for _, one := range val.Content {
			v.items = append(v.items, one.Value)
		}
		v.raw = strings.Join(v.items, ",")
	default:
		want := "a single value"
		if s.list && !isFile {
			want = "a list of single values, or one text with commas"
		}
		l.add(Fault{Variable: name, Origin: place, Problem: "The value is a structure of another kind.", Expected: want})
		return
	}
	if v.raw != "" {
		l.give(name, v)
	}
}

func scalars(list *yaml.Node) bool {
	for _, one := range list.Content {
		if one.Kind != yaml.ScalarNode || one.Tag == "!!null" {
			return false
		}
	}
	return true
}

func (l *loader) yamlFault(path string, line int, problem string) {
	place := "file " + path
	if line > 0 {
		place += fmt.Sprintf(":%d", line)
	}
	l.add(Fault{Variable: "--config", Origin: place, Problem: problem, Expected: "a YAML file as \"config init\" writes it"})
}

// reason is a file error without the path, which the fault names anyway.
func reason(err error) string {
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

func cut(s string) string {
	if len(s) > 60 {
		return s[:60] + "..."
	}
	return s
}
