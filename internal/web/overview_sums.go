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
	out := Series{
		Range: s.Range, StepSeconds: s.StepSeconds, At: s.At[from:], Targets: s.Targets,
		Series: map[string][]*float64{}, Failures: map[string][]*float64{},
	}
	for name := range s.Series {
		out.Series[name] = s.points(name)[from:]
	}
	for name, list := range s.Failures {
		out.Failures[name] = fit(list, len(s.At))[from:]
	}
	return out
}

// attempts are how many honest sign-ins there were in each step. The success of a step is told as a share; where it is
// nothing at all, those count that were refused and did not guess.
func (s Series) attempts() []*float64 {
	share, good, guesses := s.points("login_success_ratio"), s.points("logins"), s.points("guessing")
	refused := make([]*float64, len(s.At))
	for _, list := range s.Failures {
		add(refused, fit(list, len(s.At)))
	}
	out := make([]*float64, len(s.At))
	for i, r := range share {
		n := 1.0
		switch {
		case r == nil:
			continue
		case *r > 0 && value(good[i]) > 0:
			n = value(good[i]) / *r
		case *r == 0:
			n = max(1, value(refused[i])-value(guesses[i]))
		}
		out[i] = &n
	}
	return out
}

func value(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}
