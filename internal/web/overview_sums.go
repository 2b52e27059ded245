package web

import "time"

// latest is the last value that was measured.
func latest(list []*float64) *float64 {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i] != nil {
			return list[i]
		}
	}
	return nil
}

// worst is the value farthest to the wrong side, and where it stands.
func worst(list []*float64, least bool) (v *float64, at int) {
	for i, x := range list {
		if x != nil && (v == nil || (least && *x < *v) || (!least && *x > *v)) {
			v, at = x, i
		}
	}
	return v, at
}

// mean is the mean of what was measured, each by its weight; without weights all count alike.
func mean(list, weights []*float64) *float64 {
	var total, weight float64
	for i, x := range list {
		w := 1.0
		if weights != nil {
			if w = 0; weights[i] != nil {
				w = *weights[i]
			}
		}
		if x != nil && w > 0 {
			total += *x * w
			weight += w
		}
	}
	if weight == 0 {
		return nil
	}
	total /= weight
	return &total
}

// sum is what a list adds up to; nothing counts as zero.
func sum(list []*float64) (total float64) {
	for _, x := range list {
		if x != nil {
			total += *x
		}
	}
	return total
}

// measured says whether there is any value.
func measured(list []*float64) bool { return latest(list) != nil }

// moments are the steps as times.
func (s Series) moments() []time.Time {
	out := make([]time.Time, len(s.At))
	for i, at := range s.At {
		out[i] = time.Unix(at, 0).UTC()
	}
	return out
}

// last are the figures of the last steps alone.
func (s Series) last(n int) Series {
	from := max(0, len(s.At)-n)
	out := Series{Range: s.Range, Step: s.Step, At: s.At[from:], Targets: s.Targets, Values: map[string][]*float64{}}
	for name := range s.Values {
		out.Values[name] = s.points(name)[from:]
	}
	return out
}
