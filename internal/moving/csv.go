package moving

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// csvRows reads a CSV file (RFC 4180) whose first line names its columns.
type csvRows struct {
	in      *input
	comma   rune
	columns []string
}

// newCSV reads the header and looks for the columns that must be there.
func newCSV(in *input, must ...string) (*csvRows, error) {
	head, err := in.nextLine()
	if err != nil {
		return nil, fmt.Errorf("the file has no first line with the names of its columns: %w", err)
	}
	for _, comma := range []rune{',', ';', '\t'} {
		c := &csvRows{in: in, comma: comma}
		names, err := c.split(head.text)
		if err != nil || len(names) < 2 && comma != '\t' {
			continue
		}
		for _, n := range names {
			c.columns = append(c.columns, strings.ToLower(strings.TrimSpace(n)))
		}
		for _, m := range must {
			if !slices.Contains(c.columns, m) {
				return nil, fmt.Errorf("the first line names no column %s; it must name the columns, %s among them",
					m, strings.Join(must, " and "))
			}
		}
		if sorted := slices.Sorted(slices.Values(c.columns)); len(slices.Compact(sorted)) < len(c.columns) {
			return nil, errors.New("the first line names a column twice")
		}
		return c, nil
	}
	return nil, errors.New("the first line does not name the columns of a CSV file")
}

func (c *csvRows) split(text []byte) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = c.comma
	return r.Read()
}

// next puts lines together until all quotes are closed. Where that never comes
// about, the one line is refused and reading goes on with the line after it.
func (c *csvRows) next() (row, error) {
	for {
		first, err := c.in.nextLine()
		if err != nil {
			return row{}, err
		}
		if len(bytes.TrimSpace(first.text)) == 0 && !first.tooLong {
			continue
		}
		r := row{line: first.number}
		if first.tooLong {
			return r, &Refused{Line: r.line, Reason: "the row is larger than 1 MiB"}
		}
		text, ok := c.whole(first)
		if !ok {
			return r, &Refused{Line: r.line, Reason: "a quote is opened and never closed"}
		}
		cells, err := c.split(text)
		switch {
		case err != nil:
			return r, &Refused{Line: r.line, Reason: "the row is no CSV: " + csvFault(err)}
		case len(cells) != len(c.columns):
			reason := fmt.Sprintf("the row has %d fields where the first line names %d", len(cells), len(c.columns))
			return r, &Refused{Line: r.line, Reason: reason}
		}
		r.fields = make(map[string]string, len(cells))
		for i, v := range cells {
			r.fields[c.columns[i]] = v
		}
		return r, nil
	}
}

// whole adds the lines that a quoted field goes on over.
func (c *csvRows) whole(first textLine) ([]byte, bool) {
	text, quotes := first.text, bytes.Count(first.text, []byte(`"`))
	var ahead []textLine
	for quotes%2 == 1 {
		l, err := c.in.nextLine()
		if err == nil {
			ahead = append(ahead, l)
		}
		if err != nil || l.tooLong || len(text)+len(l.text) > maxRow {
			c.in.back = append(ahead, c.in.back...)
			return nil, false
		}
		text = append(append(text, '\n'), l.text...)
		quotes += bytes.Count(l.text, []byte(`"`))
	}
	return text, true
}

// csvFault is the reason without the text of the row.
func csvFault(err error) string {
	if f, ok := errors.AsType[*csv.ParseError](err); ok {
		return f.Err.Error()
	}
	return "it ends too early"
}
