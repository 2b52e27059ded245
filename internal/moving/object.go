package moving

import "bytes"

// object reads to the brace that closes it.
func (e *elements) object() ([]byte, int64, error) {
	line := e.in.line
	e.indent = append(e.indent[:0], e.margin...)
	text, open, last := []byte{'{'}, []byte{'}'}, byte('{')
	var inString, escaped bool
	for len(open) > 0 {
		c, err := e.byte()
		if err != nil {
			return nil, line, &Refused{Line: line, Reason: "the file ends in the middle of it"}
		}
		if len(text) <= maxRow {
			text = append(text, c)
		}
		switch {
		case inString && escaped:
			escaped = false
		case inString && c == '\\':
			escaped = true
		case inString && c == '"':
			inString = false
		case inString && c == '\n':
			return nil, line, e.again(line, "a string is not closed at the end of its line")
		case inString, c == ' ', c == '\t', c == '\r', c == '\n':
			continue
		case c == '"':
			inString = true
		case c == '{' && last != ':' && last != '[' && last != ',':
			e.in.unread() // the next object, most probably
			e.inText = false
			return nil, line, &Refused{Line: line, Reason: "a closing brace is missing"}
		case c == '{':
			open = append(open, '}')
		case c == '[':
			open = append(open, ']')
		case c == '}' || c == ']':
			if c != open[len(open)-1] {
				return nil, line, e.broken(line, "braces and brackets do not fit")
			}
			open = open[:len(open)-1]
		}
		if len(open) > maxDepth {
			return nil, line, e.broken(line, "it is nested too deep")
		}
		last = c
	}
	if len(text) > maxRow {
		return nil, line, &Refused{Line: line, Reason: "the row is larger than 1 MiB"}
	}
	return text, line, nil
}

// broken skips the rest of the line, and goes on where objects begin.
func (e *elements) broken(line int64, reason string) error {
	for {
		if c, err := e.byte(); err != nil || c == '\n' {
			return e.again(line, reason)
		}
	}
}

// again, at the beginning of a line, goes to the next line that begins as the
// last object did.
func (e *elements) again(line int64, reason string) error {
	for {
		c, err := e.byte()
		if err != nil {
			return &Refused{Line: line, Reason: reason + "; nothing after it could be read"}
		}
		if c == '{' && bytes.Equal(e.margin, e.indent) {
			e.in.unread()
			e.inText = false
			return &Refused{Line: line, Reason: reason}
		}
		for c != '\n' && e.inText {
			if c, err = e.byte(); err != nil {
				return &Refused{Line: line, Reason: reason + "; nothing after it could be read"}
			}
		}
	}
}
