package web

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/i18n"
)

// Units of a chart.
const (
	unitRatio   = "ratio"   // shown in percent
	unitSeconds = "seconds" // shown in milliseconds below one
	unitCount   = "count"
)

// numbers writes figures as a language does; charts.js does the same for what it draws.
type numbers struct {
	w *i18n.Words
	// Decimal is the mark before the first decimal; the rest are patterns around {value}.
	Decimal string `json:"decimal"`
	Percent string `json:"percent"`
	Seconds string `json:"seconds"`
	Millis  string `json:"millis"`
}

func newNumbers(w *i18n.Words) numbers {
	return numbers{
		w: w, Decimal: w.Text("overview.decimal"), Percent: w.Text("overview.percent"),
		Seconds: w.Text("overview.seconds"), Millis: w.Text("overview.millis"),
	}
}

// text is a value with its unit; a dash where nothing was measured.
func (n numbers) text(v *float64, unit string) string {
	if v == nil {
		return "–"
	}
	switch {
	case unit == unitRatio:
		return n.put(n.Percent, floor(*v*100, share(*v)), share(*v))
	case unit == unitSeconds && *v >= 1:
		return n.put(n.Seconds, *v, 2)
	case unit == unitSeconds && *v >= 0.01:
		return n.put(n.Millis, *v*1000, 0)
	case unit == unitSeconds:
		return n.put(n.Millis, *v*1000, 1)
	}
	return n.put("{value}", *v, 0)
}

// share is how many decimals a share needs: near the whole each tells something.
func share(v float64) int {
	switch {
	case v == 0 || v == 1:
		return 0
	case v >= 0.99:
		return 2
	}
	return 1
}

// floor cuts decimals off: what is below a target must not be written as if it met it.
func floor(v float64, decimals int) float64 {
	p := math.Pow(10, float64(decimals))
	return math.Floor(v*p+1e-9) / p
}

// goal is a target, which is a round number and written as one.
func (n numbers) goal(v float64, unit string) string {
	pattern := "{value}"
	switch {
	case unit == unitRatio:
		pattern, v = n.Percent, v*100
	case unit == unitSeconds && v >= 1:
		pattern = n.Seconds
	case unit == unitSeconds:
		pattern, v = n.Millis, v*1000
	}
	text := strconv.FormatFloat(math.Round(v*1000)/1000, 'f', -1, 64)
	return strings.Replace(pattern, "{value}", strings.Replace(text, ".", n.Decimal, 1), 1)
}

func (n numbers) put(pattern string, v float64, decimals int) string {
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	return strings.Replace(pattern, "{value}", strings.Replace(text, ".", n.Decimal, 1), 1)
}

// length is a time in its largest unit: 12 days, 3 hours.
func (n numbers) length(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return n.w.Text("overview.days", "n", int(d.Hours()/24))
	case d >= 2*time.Hour:
		return n.w.Text("overview.hours", "n", int(d.Hours()))
	}
	return n.w.Text("overview.minutes", "n", max(0, int(d.Minutes())))
}
