package figures

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestPercentilesAreWithinAFewPercent(t *testing.T) {
	var s Times
	for i := range 10_000 {
		s.Observe(time.Duration(i+1) * 100 * time.Microsecond) // 0.1 ms to 1 s, evenly
	}
	for q, want := range map[float64]time.Duration{0.50: 500 * time.Millisecond, 0.95: 950 * time.Millisecond, 0.99: 990 * time.Millisecond} {
		if got := s.Quantile(q); (got - want).Abs() > want/20 {
			t.Errorf("p%.0f is %s, should be %s", q*100, got, want)
		}
	}
	var none Times
	if none.Quantile(0.99) != 0 || none.Mean() != 0 {
		t.Error("nothing has percentiles")
	}
}

func TestClassesHoldTheirBounds(t *testing.T) {
	for _, d := range []time.Duration{
		0, 1, first, first + 1, time.Millisecond, time.Millisecond + 1, 500 * time.Millisecond, 2 * time.Second, time.Hour,
	} {
		c := class(d)
		if c < 0 || c >= Classes || c < Classes-1 && d > upper(c)+1 || c > 0 && d < upper(c-1) {
			t.Errorf("%s is in class %d, up to %s", d, c, upper(c))
		}
	}
	if most := upper(Classes - 1); most < 30*time.Second {
		t.Errorf("what takes longer than %s is not told apart", most)
	}
}

// TestMergedEqualsAllValues: what nodes counted apart, and over minutes, has the
// percentiles of all values together, but for the width of a class.
func TestMergedEqualsAllValues(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	var all []time.Duration
	nodes := make([]Times, 2)
	var whole Times
	for range 20_000 {
		d := time.Duration(math.Exp(chance.NormFloat64()) * float64(80*time.Millisecond)) // as logins are: most quick, some slow
		node := &nodes[0]
		if d > 150*time.Millisecond { // one node is much the slower
			node = &nodes[1]
		}
		node.Observe(d)
		whole.Observe(d)
		all = append(all, d)
	}
	var merged Times
	for i := range nodes { // on the way through the database
		b, err := json.Marshal(&nodes[i])
		if err != nil {
			t.Fatal(err)
		}
		var back Times
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		merged.Merge(&back)
	}
	if merged.In != whole.In || merged.N != whole.N || (merged.Sum-whole.Sum).Abs() > 2*time.Microsecond {
		t.Error("merged, they are not what one would have counted")
	}
	slices.Sort(all)
	width := math.Exp2(1.0/perDoubling) - 1
	for _, q := range []float64{0.5, 0.95, 0.99} {
		want, got := float64(all[int(q*float64(len(all)))-1]), float64(merged.Quantile(q))
		if math.Abs(got-want) > width*want {
			t.Errorf("p%.0f is %s, of all values %s", q*100, time.Duration(got), time.Duration(want))
		}
	}
}

func TestFormOfTimes(t *testing.T) {
	var one Times
	one.Observe(time.Millisecond)
	one.Observe(time.Millisecond)
	b, err := json.Marshal(&one)
	if err != nil || string(b) != "[2000,16,2]" {
		t.Errorf("%s, %v", b, err)
	}
	for _, bad := range []string{`null`, `{}`, `[]`, `[1,2]`, `["a"]`, `[1,2,"3"]`, `[[1]]`, `[1.5]`} {
		if err := json.Unmarshal([]byte(bad), &one); err == nil && bad != "null" {
			t.Errorf("%s is read as durations", bad)
		}
	}
	if err := json.Unmarshal([]byte(`[5, 400, 3, -1, 2]`), &one); err == nil && (one.In[Classes-1] != 3 || one.In[0] != 2) {
		t.Errorf("classes of another version: %+v", one)
	}
}
