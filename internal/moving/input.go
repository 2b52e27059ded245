package moving

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// maxRow is the largest row that is looked at, in bytes.
const maxRow = 1 << 20

// input is a file that is read once, with the number of its line. Gzip is
// understood by its first bytes, whatever the file is called.
type input struct {
	r    *bufio.Reader
	line int64 // of the next byte, from 1
	// back are lines that were read ahead and come once more.
	back []textLine
}

// textLine is one line without its end.
type textLine struct {
	text    []byte
	number  int64
	tooLong bool
}

func newInput(r io.Reader) (*input, error) {
	in := &input{r: bufio.NewReaderSize(r, 64<<10), line: 1}
	head, _ := in.r.Peek(4)
	if bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in.r)
		if err != nil {
			return nil, fmt.Errorf("the file begins like one of gzip and is none: %w", err)
		}
		in.r = bufio.NewReaderSize(z, 64<<10)
		head, _ = in.r.Peek(4)
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, _ = in.r.Discard(3)
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return nil, errors.New("the file is UTF-16; please save it as UTF-8")
	}
	return in, nil
}

// nextByte reads one byte and counts lines.
func (in *input) nextByte() (byte, error) {
	c, err := in.r.ReadByte()
	if c == '\n' && err == nil {
		in.line++
	}
	return c, err
}

// unread gives the last byte back; it was no line's end.
func (in *input) unread() { _ = in.r.UnreadByte() }

// nextLine reads one line. Of one that is too long the first bytes are given.
func (in *input) nextLine() (textLine, error) {
	if n := len(in.back); n > 0 {
		l := in.back[0]
		in.back = in.back[1:]
		return l, nil
	}
	l := textLine{number: in.line}
	for {
		part, err := in.r.ReadSlice('\n')
		if len(l.text)+len(part) <= maxRow {
			l.text = append(l.text, part...)
		} else {
			l.tooLong = true
		}
		switch {
		case err == nil:
			in.line++
			l.text = bytes.TrimSuffix(bytes.TrimSuffix(l.text, []byte("\n")), []byte("\r"))
			return l, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && (len(l.text) > 0 || l.tooLong):
			return l, nil
		default:
			return l, err
		}
	}
}
