package moving

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
)

// Report writes refused rows: as CSV where that is asked for, else a JSON object
// on each line.
func Report(w io.Writer, asCSV bool) (put func(Refused) error, finish func() error) {
	if !asCSV {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return func(r Refused) error { return enc.Encode(r) }, func() error { return nil }
	}
	c := csv.NewWriter(w)
	_ = c.Write([]string{"line", "id", "address", "reason"})
	return func(r Refused) error {
			return c.Write([]string{strconv.FormatInt(r.Line, 10), cell(r.ID), cell(r.Address), cell(r.Reason)})
		}, func() error {
			c.Flush()
			return c.Error()
		}
}

// cell is text that no table takes for a formula: it comes from a file that
// anybody may have filled in a name.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
