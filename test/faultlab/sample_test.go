package faultlab

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// full is set where there is time for everything.
func full() bool { return os.Getenv("AIWFE_TEST_FULL") != "" }

// chosen is every injection where there is time, and else one for each fault
// and cause, another one each time.
func chosen(t *testing.T) (list []injection) {
	t.Helper()
	all := injections()
	if full() {
		return all
	}
	shuffle(t, all)
	type kind struct {
		fault string
		cause api.Cause
	}
	seen := map[kind]bool{}
	for _, i := range all {
		if k := (kind{i.fault, i.cause}); !seen[k] {
			seen[k] = true
			list = append(list, i)
		}
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
