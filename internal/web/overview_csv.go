package web

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// figuresCSV is one chart as a file: base units, times of RFC 3339 and names of the API, since programs read it.
func (s *Site) figuresCSV(v visit) error {
	query := v.HTTP().URL.Query()
	c := chartOf(query.Get("chart"))
	if c.id == "" {
		return fault.New(api.CodeNotFound, "no_such_chart", "There is no chart of that name.")
	}
	series, err := s.series(v.Context(), spanOr(query.Get("range")))
	if err != nil {
		return err
	}
	body, err := csvOf(c, series)
	if err != nil {
		return err
	}
	h := v.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", `attachment; filename="aiwfe-auth-`+c.id+"-"+spanOr(query.Get("range"))+`.csv"`)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	v.WriteHeader(http.StatusOK)
	_, _ = v.Write(body)
	return nil
}

func csvOf(c chart, s Series) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	lines := c.lines(s)
	head := []string{"at"}
	for _, l := range lines {
		head = append(head, l.name)
	}
	rows := [][]string{head}
	for i, at := range s.moments() {
		row := []string{at.Format(time.RFC3339)}
		for _, l := range lines {
			row = append(row, plainNumber(l.values[i]))
		}
		rows = append(rows, row)
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// plainNumber is empty where nothing was measured, which is not a zero.
func plainNumber(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}
