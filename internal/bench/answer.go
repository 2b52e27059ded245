package bench

import (
	"bytes"
	"fmt"
	"strconv"
)

// answer is what the end of a body is found by.
type answer struct {
	status, length  int
	chunked, closes bool
}

// parse reads the head of an answer, its empty line included.
func parse(head []byte) (answer, error) {
	first, rest, _ := bytes.Cut(head, []byte("\r\n"))
	if len(first) < 12 || !bytes.HasPrefix(first, []byte("HTTP/1.")) {
		return answer{}, fmt.Errorf("the answer is not of HTTP/1.1: %.40q", first)
	}
	var a answer
	var err error
	if a.status, err = strconv.Atoi(string(first[9:12])); err != nil {
		return answer{}, fmt.Errorf("the answer has no status: %.40q", first)
	}
	bodiless := a.status == 204 || a.status == 304
	known := bodiless
	for len(rest) > 2 {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case is(name, "content-length") && !bodiless:
			a.length, err = strconv.Atoi(string(value))
			known = true
		case is(name, "transfer-encoding") && is(value, "chunked"):
			a.chunked, known = true, true
		case is(name, "connection") && is(value, "close"):
			a.closes = true
		}
	}
	if err != nil || a.length < 0 || !known {
		return answer{}, fmt.Errorf("an answer of status %d does not say how long its body is", a.status)
	}
	return a, nil
}

func is(a []byte, b string) bool { return len(a) == len(b) && bytes.EqualFold(a, []byte(b)) }

// skipChunks passes over a chunked body, its trailer included.
func (c *conn) skipChunks() error {
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		size, _, _ := bytes.Cut(line, []byte(";"))
		n, err := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 31)
		if err != nil {
			return fmt.Errorf("a chunk has no size: %.20q", size)
		}
		if n == 0 {
			break
		}
		if err := c.skip(int(n) + 2); err != nil {
			return err
		}
	}
	for {
		if line, err := c.line(); err != nil || len(line) == 0 {
			return err
		}
	}
}

// line takes one line, without its end.
func (c *conn) line() ([]byte, error) {
	for {
		if at := bytes.Index(c.buf[:c.have], []byte("\r\n")); at >= 0 {
			line := bytes.Clone(c.buf[:at])
			c.drop(at + 2)
			return line, nil
		}
		if c.have == len(c.buf) {
			return nil, fmt.Errorf("a line of an answer is longer than %d bytes", len(c.buf))
		}
		if err := c.more(); err != nil {
			return nil, err
		}
	}
}
