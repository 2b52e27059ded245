package brand

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
)

// judgeAttribute refuses what runs, and what leads out of the drawing.
func judgeAttribute(element string, a xml.Attr) error {
	name := strings.ToLower(a.Name.Local)
	switch {
	case a.Name.Space == "xmlns" || a.Name.Local == "xmlns":
		return nil // the name of a language is no address
	case strings.HasPrefix(name, "on"):
		return fmt.Errorf("<%.40s> has an attribute %.40s, which runs a script", element, a.Name.Local)
	case name == "href" || name == "src" || name == "base":
		if !within(a.Value) {
			return fmt.Errorf("<%.40s> refers to %.60q, and a logo must hold all of itself", element, a.Value)
		}
	}
	return judgeStyle(a.Value)
}

// judgeStyle looks for what a style sheet or an attribute would load. A backslash
// could hide any of it.
func judgeStyle(text string) error {
	lower := strings.ToLower(text)
	if strings.Contains(lower, `\`) && strings.ContainsAny(lower, "({@") {
		return errors.New(`it has a style with a backslash in it, behind which an address can hide`)
	}
	for _, loads := range []string{"@import", "@font-face", "image-set(", "javascript:", "expression("} {
		if strings.Contains(lower, loads) {
			return fmt.Errorf("it has a style with %s, and a logo must hold all of itself", loads)
		}
	}
	for rest := lower; ; {
		_, after, found := strings.Cut(rest, "url(")
		if !found {
			return nil
		}
		target, _, _ := strings.Cut(after, ")")
		if !within(strings.Trim(strings.TrimSpace(target), `"'`)) {
			return fmt.Errorf("it refers to %.60q, and a logo must hold all of itself", strings.TrimSpace(target))
		}
		rest = after
	}
}

// within is a reference that leads nowhere else: to a part of the drawing, or to
// pixels that it carries.
func within(target string) bool {
	target = strings.ToLower(strings.TrimSpace(target))
	if target == "" || strings.HasPrefix(target, "#") {
		return true
	}
	for _, pixels := range []string{"png", "jpeg", "jpg", "webp", "gif"} {
		if strings.HasPrefix(target, "data:image/"+pixels+";base64,") {
			return true
		}
	}
	return false
}
