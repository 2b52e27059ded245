package moving

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// elements finds the objects of a JSON file one by one: those of an array, of an
// array under a name, or one after the other (NDJSON). It looks at braces and
// strings only, so that an object that is wrong inside costs itself alone; where
// even these are broken, it goes on at the next line that begins as the objects
// before did.
type elements struct {
	in *input
	// under is the name of the array; depth how deep it lies.
	under string
	depth int
	// array says that the objects stand in an array, which has an end.
	array bool
	// indent is what stands before an object on its line; margin what has stood
	// on this line so far, nil once it is more than blanks.
	indent []byte
	margin []byte
	inText bool // margin was left
}

const maxDepth = 200

var errEnds = errors.New("the file ends in the middle: it was cut off, or is not written to its end yet")

// newElements finds where the objects begin. A name in under is looked for in
// an object that holds an array by that name first, or only there if only is set.
func newElements(in *input, under string, only bool) (*elements, error) {
	e := &elements{in: in, under: under}
	head, _ := in.r.Peek(4096)
	head = bytes.TrimLeft(head, " \t\r\n")
	if len(head) == 0 {
		return nil, errors.New("the file is empty")
	}
	after := bytes.TrimLeft(head[1:], " \t\r\n")
	switch {
	case head[0] != '{' && head[0] != '[':
		return nil, errors.New("the file is no JSON: it begins with neither a brace nor a bracket")
	case only && head[0] == '{', under != "" && bytes.HasPrefix(after, []byte(`"`+under+`"`)):
		e.depth = 1
	case only:
		e.depth = 2
	case head[0] == '[':
		e.array = true
		for {
			if c, err := e.byte(); err != nil || c == '[' {
				return e, err
			}
		}
	}
	if e.depth > 0 {
		found, err := e.seek()
		if err == nil && !found {
			err = fmt.Errorf("there is no list %q in the file", under)
		}
		return e, err
	}
	return e, nil
}

// byte reads one and remembers what the line began with.
func (e *elements) byte() (byte, error) {
	c, err := e.in.nextByte()
	switch {
	case c == '\n':
		e.margin, e.inText = e.margin[:0], false
	case e.inText:
	case c == ' ' || c == '\t' || c == '\r':
		e.margin = append(e.margin, c)
	default:
		e.inText = true
	}
	return c, err
}

// seek goes to the next array by the name; false at the end of the file.
func (e *elements) seek() (bool, error) {
	depth, key := 0, ""
	for {
		c, err := e.byte()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		switch c {
		case '"':
			text, err := e.text()
			if err != nil {
				return false, err
			}
			key = text
			continue
		case '{', '[':
			if c == '[' && depth == e.depth && key == e.under {
				e.array = true
				return true, nil
			}
			depth++
		case '}', ']':
			depth--
		case ':', ' ', '\t', '\r', '\n':
			continue
		}
		key = ""
	}
}

// text reads to the end of a string; of a long one only the beginning is given.
func (e *elements) text() (string, error) {
	var b []byte
	for escaped := false; ; {
		c, err := e.byte()
		if err != nil {
			return "", errEnds
		}
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == '"':
			return string(b), nil
		}
		if len(b) < 64 {
			b = append(b, c)
		}
	}
}

// next gives the next object and its line.
func (e *elements) next() (object []byte, line int64, err error) {
	for {
		c, err := e.byte()
		switch {
		case errors.Is(err, io.EOF) && e.array:
			return nil, e.in.line, errEnds
		case err != nil:
			return nil, e.in.line, err
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',':
		case c == ']' && e.array:
			if e.depth == 0 {
				return nil, e.in.line, io.EOF
			}
			e.array = false
			if found, err := e.seek(); err != nil || !found {
				return nil, e.in.line, endOr(err)
			}
		case c == '{':
			return e.object()
		default:
			line := e.in.line
			return nil, line, e.broken(line, "here stands something else than an object")
		}
	}
}

func endOr(err error) error {
	if err == nil {
		return io.EOF
	}
	return err
}
