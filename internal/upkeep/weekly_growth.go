package upkeep

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Growth is told over some days: that of an hour, times a year, is chance.
const (
	leastSpan = 5 * day
	// fullWithin is when somebody has to act; larger disks take weeks to come by.
	fullWithin = 60 * day
)

// growth compares what there is with what there was, and says when the disk is
// full if it goes on like this.
func growth(ctx context.Context, s *Sources, r *result) {
	now, err := s.Store.Sizes(ctx)
	if r.failed("the sizes of the tables", err) {
		return
	}
	now.At = s.Now.UTC()
	r.report.Sizes, r.report.Since = &now, baseline(s.Last, s.Now)
	r.say("%s", amount(now.Bytes))
	largest := slices.Clone(now.Tables)
	slices.SortFunc(largest, func(a, b api.TableSize) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(b.Rows, a.Rows))
	})
	before := r.report.Since
	for _, t := range largest[:min(3, len(largest))] {
		line := many(t.Rows, "row")
		if then, ok := rowsThen(before, t.Table); ok {
			line += ", " + signed(t.Rows-then) + " since " + date(before.At)
		}
		r.see("%s: %s", t.Table, line)
	}
	if before == nil || now.At.Sub(before.At) < leastSpan {
		return
	}
	perDay := float64(now.Bytes-before.Bytes) / (now.At.Sub(before.At).Hours() / 24)
	r.say("%s, %s a day", amount(now.Bytes), signedAmount(perDay))
	if perDay <= 0 || s.Disks == nil {
		return
	}
	for _, d := range s.Disks() {
		if !d.Database || d.Err != nil {
			continue
		}
		left := float64(clip(d.Free)) / perDay // days
		if left > 3650 {
			r.see("%s: at this pace it lasts for ten years and more", d.Path)
			continue
		}
		full := now.At.Add(time.Duration(left * float64(day)))
		r.see("%s: %s free, full on %s at this pace", d.Path, amount(clip(d.Free)), date(full))
		if full.Before(now.At.Add(fullWithin)) {
			r.say("%s a day: the disk is full on %s", signedAmount(perDay), date(full))
			r.toDo("Give it a larger disk, or keep less of the audit.", "df -h "+d.Path)
		}
	}
}

// baseline is what the sizes are compared with: those of the last report, or
// what that one was compared with when it is too young.
func baseline(last *api.MaintenanceReport, now time.Time) *api.MaintenanceSizes {
	switch {
	case last == nil:
		return nil
	case last.Sizes != nil && (now.Sub(last.Sizes.At) >= leastSpan || last.Since == nil):
		return last.Sizes
	}
	return last.Since
}

func rowsThen(before *api.MaintenanceSizes, table string) (int64, bool) {
	if before == nil {
		return 0, false
	}
	for _, t := range before.Tables {
		if t.Table == table {
			return t.Rows, true
		}
	}
	return 0, false
}

func signed(n int64) string {
	if n < 0 {
		return many(-n, "row") + " less"
	}
	return many(n, "row") + " more"
}

func signedAmount(bytes float64) string {
	if bytes < 0 {
		return amount(int64(-bytes)) + " less"
	}
	return amount(int64(bytes)) + " more"
}
