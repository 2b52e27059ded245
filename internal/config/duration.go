package config

import (
	"math"
	"strconv"
	"strings"
	"time"
)

const (
	day = 24 * time.Hour
	// longest keeps every sum of a time and a duration far from overflow.
	longest = 3650 * day
)

// parseDuration reads Go's form with d for days in front: 90s, 60m, 1h30m, 30d,
// 1d12h. A bare number is refused, for nobody can tell what it counts.
func parseDuration(raw string, least time.Duration) (time.Duration, *problem) {
	expected := "a number with a unit, such as 90s, 60m, 24h or 30d"
	if _, err := strconv.ParseFloat(raw, 64); err == nil && raw != "0" {
		return 0, &problem{text: "The number has no unit.", expected: expected}
	}
	total := time.Duration(0)
	rest := raw
	if days, after, ok := strings.Cut(raw, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		if err != nil || math.IsNaN(n) || math.Abs(n) > float64(longest/day) {
			return 0, &problem{text: "This is not a duration.", expected: expected}
		}
		total, rest = time.Duration(n*float64(day)), after
	}
	if rest != "" || raw == "" {
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 && total > 0 {
			return 0, &problem{text: "This is not a duration.", expected: expected}
		}
		if d > longest {
			d = longest + 1
		}
		total += d
	}
	if total < least || total > longest {
		return 0, &problem{
			text:     "The duration is too short or too long.",
			expected: "at least " + showDuration(least) + " and at most " + showDuration(longest),
		}
	}
	return total, nil
}

// showDuration writes a duration as somebody would: 1h30m, not 1h30m0s.
func showDuration(d time.Duration) string {
	if d > day && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
