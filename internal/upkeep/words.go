package upkeep

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// clean makes one line of plain text: what strangers chose stands in reports
// that are read at a terminal and by mail.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	if letters := []rune(s); len(letters) > 300 {
		return string(letters[:300]) + "…"
	}
	return s
}

func many(n int64, thing string) string {
	switch {
	case n == 1:
		return "1 " + thing
	case strings.HasSuffix(thing, "ss"):
		return fmt.Sprintf("%d %ses", n, thing)
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// percent shows a part with as many digits as tell it from all.
func percent(part float64) string {
	if part > 0.99 && part < 1 {
		return fmt.Sprintf("%.2f %%", part*100)
	}
	return fmt.Sprintf("%.1f %%", part*100)
}

func amount(bytes int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	v, i := float64(bytes), 0
	for v >= 1024 && i < len(units)-1 {
		v, i = v/1024, i+1
	}
	if i == 0 {
		return fmt.Sprintf("%d bytes", bytes)
	}
	return fmt.Sprintf("%.1f %s", v, units[i])
}

const day = 24 * time.Hour

func days(d time.Duration) int64 { return int64(d / day) }

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04Z") }

// age tells how long ago something was, in the unit that a person would use.
func age(d time.Duration) string {
	switch {
	case d < 2*time.Hour:
		return many(int64(d/time.Minute), "minute")
	case d < 2*day:
		return many(int64(d/time.Hour), "hour")
	}
	return many(days(d), "day")
}

// seconds shows how long something took.
func seconds(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
