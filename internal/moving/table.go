package moving

import (
	"fmt"
	"strings"
	"time"
)

// row is one row of a table, from a CSV file or a database, by its columns.
// What was NULL is not in it.
type row struct {
	line   int64
	fields map[string]string
}

// get is the first of the columns that holds something.
func (r row) get(columns ...string) string {
	for _, c := range columns {
		if v := r.fields[c]; v != "" {
			return v
		}
	}
	return ""
}

// on reads a truth value; nothing is not.
func (r row) on(column string) (bool, error) {
	switch v := strings.ToLower(strings.TrimSpace(r.fields[column])); v {
	case "1", "t", "true", "y", "yes", "on":
		return true, nil
	case "", "0", "f", "false", "n", "no", "off", "null":
		return false, nil
	default:
		return false, fmt.Errorf("%s is neither true nor false", column)
	}
}

// rows are a table that is read.
type rows interface{ next() (row, error) }

// moments are the ways in which systems write when something was.
var moments = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999-07",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05.999999999-0700", "2006-01-02",
}

// moment reads a time; false where it is none.
func moment(text string) (time.Time, bool) {
	for _, form := range moments {
		if t, err := time.Parse(form, strings.TrimSpace(text)); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// tableReader makes records of rows.
type tableReader struct {
	rows rows
	make func(row) (*Record, error)
}

// Next gives the next person.
func (t *tableReader) Next() (*Record, error) {
	r, err := t.rows.next()
	if err != nil {
		return nil, err
	}
	return t.make(r)
}
