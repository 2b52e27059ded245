package web

import (
	"encoding/json"
	"time"
)

// PageOverview is the name of the page that tells at a glance how things are.
const PageOverview = "admin-overview"

// OverviewPage is what administrators see first.
type OverviewPage struct {
	Base
	At      time.Time
	Span    string
	Spans   []Choice
	Verdict VerdictView
	Cards   []CardView
	// Alerts are those that fire or are about to; WatchAlerts says that somebody looks for them.
	Alerts      []FiringView
	WatchAlerts bool
	// Findings are the doctor's; WatchDoctor says that it looks, and DoctorAt when it did last.
	Findings    []FindingView
	WatchDoctor bool
	DoctorAt    time.Time
	// Facts are certificate, keys, backup and servers.
	Facts  []FactView
	Charts []ChartView
	// Tables is not set where only what changes is asked for.
	Tables bool
	Data   ChartsData
}

// VerdictView is all of it in a sentence, with what speaks against it.
type VerdictView struct {
	Class, Title, Text string
	Reasons            []Link
}

// CardView is one of the four figures with a target.
type CardView struct {
	// Href leads to its chart.
	Title, Value, Target, Verdict, Class, Worst, Href string
}

// FiringView is an alert in words.
type FiringView struct {
	Name, Title, Severity, Class, Since string
	// Cause is what the doctor knows of it, and Href its page; both may be empty.
	Cause, Href string
}

// FactView is one fact with a verdict where there is one.
type FactView struct {
	Label, Value, Note, Verdict, Class string
	// Names may be long, as those of hosts.
	Names []string
}

// ChartView is one chart with its table.
type ChartView struct {
	ID, Title, Lead, Target, Summary, CSV string
	// Drawn is set where something was measured; None says why nothing is.
	Drawn bool
	None  string
	Bars  bool
	Lines []LineView
	Rows  []ChartRow
}

// LineView is one entry of a legend.
type LineView struct {
	Label, Now string
	// Mark is the number of its colour and pattern, from 1.
	Mark int
	// Code says that the label is a name of the product and in no language.
	Code bool
}

// ChartRow is one step of a chart's table.
type ChartRow struct {
	At    time.Time
	Cells []string
}

// ChartsData is what charts.js draws, as JSON on the page.
type ChartsData struct {
	Step    int64       `json:"step"`
	Span    string      `json:"span"`
	At      []int64     `json:"at"`
	Numbers numbers     `json:"numbers"`
	Charts  []ChartData `json:"charts"`
}

// JSON is what the page holds, as text: it is no script, and nothing on a page is written as if it were one.
func (d ChartsData) JSON() (string, error) {
	text, err := json.Marshal(d)
	return string(text), err
}

// ChartData is one chart.
type ChartData struct {
	ID     string     `json:"id"`
	Unit   string     `json:"unit"`
	Bars   bool       `json:"bars"`
	Least  bool       `json:"least"`
	Drawn  bool       `json:"drawn"`
	Target *float64   `json:"target"`
	Word   string     `json:"word"`
	Lines  []LineData `json:"lines"`
}

// LineData is one line or one kind of bar.
type LineData struct {
	Label  string     `json:"label"`
	Mark   int        `json:"mark"`
	Values []*float64 `json:"values"`
}
