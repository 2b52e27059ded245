package faultlab

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// full is set where there is time for everything.
func full() bool { return os.Getenv("AIWFE_TEST_FULL") != "" }

// more is how many are made beside one for each kind of fault.
const more = 40

// chosen is every injection where there is time, and else one for each kind of
// fault and some more, other ones each time.
func chosen(t *testing.T) (list []injection) {
	t.Helper()
	all := injections()
	if full() {
		return all
	}
	shuffle(t, all)
	seen := map[string]bool{}
	spare := more
	for _, i := range all {
		if seen[i.fault] && spare == 0 {
			continue
		}
		if seen[i.fault] {
			spare--
		}
		seen[i.fault] = true
		list = append(list, i)
	}
	return list
}

// shuffle makes a choice that is printed; AIWFE_SEED repeats it.
func shuffle[T any](t *testing.T, list []T) {
	t.Helper()
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // which ones, not a secret
	if text := os.Getenv("AIWFE_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("to repeat this choice: AIWFE_SEED=%d", seed)
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] }) //nolint:gosec // as above
}
