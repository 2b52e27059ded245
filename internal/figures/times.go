package figures

import (
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Durations are kept in classes that grow by a fifth (four to each doubling),
// from a sixteenth of a millisecond to half a minute: a percentile is then right
// within a few percent, whatever was merged into it.
const (
	perDoubling = 4
	first       = 62500 * time.Nanosecond
	Classes     = 19*perDoubling + 1
)

// Times are durations, counted by class.
type Times struct {
	N   int64
	Sum time.Duration
	In  [Classes]int64
}

// Observe counts one duration.
func (t *Times) Observe(d time.Duration) {
	t.N++
	t.Sum += d
	t.In[class(d)]++
}

// class is the first whose upper bound is not below d.
func class(d time.Duration) int {
	if d <= first {
		return 0
	}
	return min(Classes-1, int(math.Ceil(perDoubling*math.Log2(float64(d)/float64(first))-1e-9)))
}

// upper is the bound of a class.
func upper(class int) time.Duration {
	return time.Duration(float64(first) * math.Exp2(float64(class)/perDoubling))
}

// Merge adds what another counted.
func (t *Times) Merge(o *Times) {
	t.N += o.N
	t.Sum += o.Sum
	for i, n := range o.In {
		t.In[i] += n
	}
}

// Quantile estimates what a part q of the durations does not exceed: within its
// class a duration is as likely anywhere.
func (t *Times) Quantile(q float64) time.Duration {
	rank := q * float64(t.N)
	below := 0.0
	for i, n := range t.In {
		if n > 0 && below+float64(n) >= rank {
			low := time.Duration(0)
			if i > 0 {
				low = upper(i - 1)
			}
			return low + time.Duration(float64(upper(i)-low)*(rank-below)/float64(n))
		}
		below += float64(n)
	}
	return 0
}

// Mean is exact; zero where nothing was counted.
func (t *Times) Mean() time.Duration {
	if t.N == 0 {
		return 0
	}
	return t.Sum / time.Duration(t.N)
}

// MarshalJSON writes the sum in microseconds, and each class that counts
// something with its count: [sum, class, count, ...].
func (t *Times) MarshalJSON() ([]byte, error) {
	b := strconv.AppendInt([]byte{'['}, t.Sum.Microseconds(), 10)
	for i, n := range t.In {
		if n != 0 {
			b = strconv.AppendInt(append(b, ','), int64(i), 10)
			b = strconv.AppendInt(append(b, ','), n, 10)
		}
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads them. A class beyond ours was written by a later version,
// and is slower than any that we tell apart.
func (t *Times) UnmarshalJSON(b []byte) error {
	list, err := numbers(b)
	if err != nil || len(list)%2 != 1 {
		return errors.Join(errors.New("these are no durations by class: a sum and pairs of numbers are needed"), err)
	}
	*t = Times{Sum: time.Duration(list[0]) * time.Microsecond}
	for i := 1; i < len(list); i += 2 {
		t.In[max(0, min(Classes-1, list[i]))] += list[i+1]
		t.N += list[i+1]
	}
	return nil
}

func numbers(b []byte) (list []int64, err error) {
	v := jsontext.Value(b)
	if !v.IsValid() || v.Kind() != '[' {
		return nil, errors.New("not a list")
	}
	for i, from := 1, 1; i < len(b); i++ {
		if b[i] != ',' && b[i] != ']' {
			continue
		}
		n, err := strconv.ParseInt(string(b[from:i]), 10, 64)
		if err != nil {
			return nil, err
		}
		list, from = append(list, n), i+1
	}
	return list, nil
}
