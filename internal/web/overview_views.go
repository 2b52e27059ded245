package web

import (
	"slices"
)

// chartViews are the charts twice: in words and tables, and as numbers to draw.
func (s *Site) chartViews(n numbers, series Series, tables bool) ([]ChartView, ChartsData) {
	data := ChartsData{
		Step: int64(series.StepSeconds), Span: series.Range, At: series.At, Numbers: n, Charts: []ChartData{},
	}
	if data.At == nil {
		data.At = []int64{}
	}
	var views []ChartView
	for _, c := range charts {
		lines := c.lines(series)
		view, drawn := n.chart(c, series, lines)
		if tables {
			view.Rows = n.rows(c, series, lines)
		}
		views = append(views, view)
		data.Charts = append(data.Charts, drawn)
	}
	return views, data
}

func (n numbers) chart(c chart, s Series, lines []line) (ChartView, ChartData) {
	v := ChartView{
		ID: c.id, Title: n.w.Text(c.title), Lead: n.w.Text(c.text),
		Target: n.target(c, s), Bars: c.bars,
		CSV: addressOf("/admin/figures.csv", map[string][]string{"range": {s.Range}, "chart": {c.id}}),
	}
	d := ChartData{ID: c.id, Unit: c.unit, Bars: c.bars, Least: c.least, Lines: []LineData{}}
	if t, ok := s.Targets[c.target]; ok {
		d.Target, d.Word = &t, v.Target
	}
	for i, l := range lines {
		label, code := n.label(c, l.name)
		now := latest(l.values)
		if c.bars {
			all := sum(l.values)
			now = &all
		}
		v.Drawn = v.Drawn || measured(l.values) && (!c.bars || sum(l.values) > 0)
		v.Lines = append(v.Lines, LineView{Label: label, Now: n.text(now, c.unit), Mark: i + 1, Code: code})
		d.Lines = append(d.Lines, LineData{label, i + 1, l.values})
	}
	d.Drawn, v.None = v.Drawn, n.none(c, s)
	v.Summary = n.summary(c, s, lines, v)
	return v, d
}

// none says why there is nothing to draw: nobody measured, or nothing happened.
func (n numbers) none(c chart, s Series) string {
	switch {
	case !c.bars || !measured(s.points("logins")):
		return n.w.Text("overview.chart.none")
	case len(c.series) == 0:
		return n.w.Text("overview.failures.none")
	}
	return n.w.Text("overview.attempts.none")
}

// summary is what a chart shows, for whoever does not see it.
func (n numbers) summary(c chart, s Series, lines []line, v ChartView) string {
	if !v.Drawn {
		return v.Title + ". " + v.None
	}
	text := v.Title + "."
	for i, l := range lines {
		text += " " + v.Lines[i].Label + ": " + v.Lines[i].Now
		if far, at := worst(l.values, c.least); far != nil && !c.bars {
			text += " (" + n.w.Text("overview.worst", "value", n.text(far, c.unit), "time", stepTime(s, at)) + ")"
		}
		text += "."
	}
	if v.Target != "" {
		text += " " + v.Target + "."
	}
	return text
}

// label is how a series is called: in words, or a reason by its code.
func (n numbers) label(c chart, name string) (label string, code bool) {
	if len(c.series) == 0 && name != otherReasons {
		return name, true
	}
	return n.w.Text(seriesWords[name]), false
}

// rows are the steps in which something was measured, the newest first.
func (n numbers) rows(c chart, s Series, lines []line) []ChartRow {
	var rows []ChartRow
	for i, at := range s.moments() {
		row := ChartRow{At: at}
		any := false
		for _, l := range lines {
			any = any || l.values[i] != nil && (!c.bars || *l.values[i] != 0)
			row.Cells = append(row.Cells, n.text(l.values[i], c.unit))
		}
		if any {
			rows = append(rows, row)
		}
	}
	slices.Reverse(rows)
	return rows
}
