package bench

import (
	"fmt"
	"strings"
)

// Row is one figure of the table.
type Row struct {
	ID       string  `json:"id"`
	What     string  `json:"what"`
	Got      float64 `json:"got"`
	Unit     string  `json:"unit"`
	Against  string  `json:"against,omitempty"` // what the baseline is, measured in the same run
	Baseline float64 `json:"baseline,omitempty"`
	Ratio    float64 `json:"ratio,omitempty"`
	Goal     string  `json:"goal,omitempty"`
	// Bound is the number in the goal; Least says that the figure must not be below it, else it must not be above.
	Bound float64 `json:"bound,omitempty"`
	Least bool    `json:"least,omitempty"`
	Met   *bool   `json:"met,omitempty"` // nothing where no goal is set, or nothing could be measured
	Note  string  `json:"note,omitempty"`
}

// AtMost sets a goal for the ratio, or for the figure itself where it has no baseline.
func (r Row) AtMost(bound float64) Row {
	ok := r.judged() <= bound
	r.Goal, r.Met, r.Bound = "≤ "+short(bound)+r.goalUnit(), &ok, bound
	return r
}

// AtLeast is the same from below.
func (r Row) AtLeast(bound float64) Row {
	ok := r.judged() >= bound
	r.Goal, r.Met, r.Bound, r.Least = "≥ "+short(bound)+r.goalUnit(), &ok, bound, true
	return r
}

func (r Row) judged() float64 {
	if r.Against != "" {
		return r.Ratio
	}
	return r.Got
}

func (r Row) goalUnit() string {
	if r.Against != "" || r.Unit == "" {
		return ""
	}
	return " " + r.Unit
}

// Share is how much of what the goal allows is used up: at most 1 where it is met.
func (r Row) Share() float64 {
	switch {
	case r.Least && r.judged() > 0:
		return r.Bound / r.judged()
	case r.Bound > 0:
		return r.judged() / r.Bound
	}
	return 0
}

// Head is the head of the table.
const Head = "| what | measured | baseline of this run | ratio | goal | met |\n| --- | --- | --- | --- | --- | --- |\n"

// String is a line of the table.
func (r Row) String() string {
	got, baseline, ratio, met := short(r.Got)+" "+r.Unit, "", "", ""
	if r.Note != "" && r.Got == 0 {
		got = r.Note
	} else if r.Note != "" {
		got += " (" + r.Note + ")"
	}
	if r.Against != "" {
		baseline = fmt.Sprintf("%s %s, %s", short(r.Baseline), r.Unit, r.Against)
		ratio = fmt.Sprintf("%.2f", r.Ratio)
	}
	if r.Met != nil {
		met = map[bool]string{true: "yes", false: "**no**"}[*r.Met]
	}
	return "| " + strings.Join([]string{r.What, strings.TrimSpace(got), baseline, ratio, r.Goal, met}, " | ") + " |"
}

// short writes a number with three digits that say something.
func short(x float64) string {
	switch {
	case x >= 100 || x == float64(int(x)):
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	}
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.3f", x), "0"), ".")
}
