package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

const (
	begin = "<!-- measured: begin -->"
	end   = "<!-- measured: end -->"
)

// write puts the table between the marks of the page, and JSON and charts beside it.
func write(r bench.Report, page string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	head, rest, ok1 := strings.Cut(string(text), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		return fmt.Errorf("%s has no marks for the table", page)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s\nMeasured %s on %s; the generator of load ran on the same machine.\n\n", head, begin,
		r.At.UTC().Format("2006-01-02"), r.Machine)
	b.WriteString(r.Table())
	folder := strings.TrimSuffix(page, ".md")
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // a folder of the docs
		return err
	}
	for _, c := range charts(r) {
		if len(c.Bars) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n![%s](%s/%s)\n", c.Title, filepath.Base(folder), c.file)
		if err := os.WriteFile(filepath.Join(folder, c.file), c.SVG(), 0o644); err != nil { //nolint:gosec // a picture of the docs
			return err
		}
	}
	b.WriteString(end + tail)
	data, err := r.JSON()
	if err != nil {
		return err
	}
	if err := os.WriteFile(folder+".json", data, 0o644); err != nil { //nolint:gosec // beside the page
		return err
	}
	return os.WriteFile(page, []byte(b.String()), 0o644) //nolint:gosec // a page of the docs
}

// renewed is what stands beside the page, with the parts that were measured again in the place of what they were. Figures
// of another day or machine are not mixed with them.
func renewed(r bench.Report, page string) (bench.Report, error) {
	file := strings.TrimSuffix(page, ".md") + ".json"
	data, err := os.ReadFile(file)
	if err != nil {
		return r, err
	}
	var old bench.Report
	if err := json.Unmarshal(data, &old); err != nil {
		return r, fmt.Errorf("%s: %w", file, err)
	}
	const day = time.DateOnly
	if old.Machine != r.Machine || old.At.UTC().Format(day) != r.At.UTC().Format(day) {
		return r, fmt.Errorf("%s is of another day or machine, so all parts have to be measured", file)
	}
	for _, row := range r.Rows {
		i := slices.IndexFunc(old.Rows, func(o bench.Row) bool { return o.ID == row.ID })
		if i < 0 { // a part that is new
			old.Rows = append(old.Rows, row)
			continue
		}
		old.Rows[i] = row
	}
	old.At = r.At
	return old, nil
}

// picture is a chart and the name of its file.
type picture struct {
	bench.Chart
	file string
}

func charts(r bench.Report) []picture {
	goals := bench.Chart{Title: "How much of each goal is used up", Under: "At the line the goal is just met; bars end at three times.", Line: 1, Top: 3}
	growth := bench.Chart{
		Title: "Cost of a request with many rows, as a multiple of that with 1000", Under: "The line is the goal, 1.1; bars end at three times.",
		Line: 1.1, Top: 3,
	}
	storms := bench.Chart{Title: "Session checks at 100/s while others sign in: p99", Under: "In milliseconds from when each was due."}
	for _, row := range r.Rows {
		if row.Met == nil {
			continue
		}
		kind := map[bool]string{true: "good", false: "bad"}[*row.Met]
		switch {
		case strings.HasPrefix(row.ID, "growth-"):
			_, label, _ := strings.Cut(row.What, " rows, ")
			label = strings.NewReplacer(" through pgbouncer", "", "CPU of ", "").Replace(label)
			growth.Bars = append(growth.Bars, bench.Bar{Label: label, Text: fmt.Sprintf("%.2f", row.Ratio), Value: row.Ratio, Kind: kind})
			continue
		case strings.HasSuffix(row.ID, "-p99"):
			name := strings.TrimSuffix(strings.TrimPrefix(row.ID, "storm-"), "-p99") + " clients"
			storms.Bars = append(storms.Bars,
				bench.Bar{Label: "before " + name, Text: fmt.Sprintf("%.1f", row.Baseline), Value: row.Baseline, Kind: "plain"},
				bench.Bar{Label: name + " sign in", Text: fmt.Sprintf("%.1f", row.Got), Value: row.Got, Kind: kind})
		}
		if share := row.Share(); share > 0 {
			goals.Bars = append(goals.Bars, bench.Bar{Label: row.What, Text: fmt.Sprintf("%.2f", share), Value: share, Kind: kind})
		}
	}
	return []picture{{goals, "goals.svg"}, {storms, "storm.svg"}, {growth, "growth.svg"}}
}
