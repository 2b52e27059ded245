package valkey

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// bucket is the model of one key of the script.
type bucket struct{ full int64 }

func (b *bucket) spend(now int64, p pace) (wait int64) {
	full := min(max(b.full, now), now+p.room)
	if wait = full + p.step - (now + p.room); wait > 0 {
		return wait
	}
	b.full = full + p.step
	return 0
}

func opened(t *testing.T, r *ground.RedisServer) *Client {
	t.Helper()
	at, err := Parse(secret.FromString(r.URL))
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// setClock has the script read its time from an argument, so that a sequence can be
// as long as it likes. The rest of it is the script itself.
func setClock(t *testing.T) string {
	t.Helper()
	changed := strings.Replace(spendScript, "redis.call('TIME')", "{0, ARGV[3]}", 1)
	if changed == spendScript {
		t.Fatal("the script does not ask for the time where this test thinks")
	}
	return changed
}

func TestScriptDoesWhatTheModelDoes(t *testing.T) {
	c, script := opened(t, ground.Redis(t)), setClock(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for n := range 60 {
		p := newPace(1+r.IntN(20), time.Duration(1_000_000_000+r.IntN(1_000_000_000))*time.Microsecond)
		model, now, key := &bucket{}, int64(1_790_000_000_000_000), Prefix+"test:"+strconv.Itoa(n)
		allowed := []int64{}
		for range 80 {
			switch r.IntN(10) {
			case 0: // long enough for all to come back
				now += p.room + r.Int64N(p.room+1)
			case 1: // the clock goes back, in every other sequence
				now -= int64(n%2) * r.Int64N(2*p.room+1)
			case 2, 3, 4, 5:
				now += r.Int64N(2*p.step + 1)
			}
			answer, err := c.do(t.Context(), key, "EVAL", script, "1", key,
				strconv.FormatInt(p.step, 10), strconv.FormatInt(p.room, 10), strconv.FormatInt(now, 10))
			got, _ := answer.(int64)
			// The key expires by the server's own clock, which hardly moves while this one runs.
			want := model.spend(now, p)
			if err != nil || got != want {
				t.Fatalf("step %d, room %d, at %d: the script says %d, %v; the model %d", p.step, p.room, now, got, err, want)
			}
			if got == 0 {
				allowed = append(allowed, now)
			}
		}
		holds(t, p, allowed)
	}
}

// holds is what a limit promises, where the clock does not go back: within any
// stretch of time no more than the room, and what came back meanwhile.
func holds(t *testing.T, p pace, allowed []int64) {
	t.Helper()
	if !slices.IsSorted(allowed) {
		return
	}
	for i := range allowed {
		for j := i; j < len(allowed); j++ {
			if most := (p.room + allowed[j] - allowed[i]) / p.step; int64(j-i+1) > most {
				t.Fatalf("%d were allowed within %d µs, at most %d may be", j-i+1, allowed[j]-allowed[i], most)
			}
		}
	}
}

func TestPaceNeverAllowsMoreThanTheLimit(t *testing.T) {
	for _, c := range []struct {
		limit int
		per   time.Duration
		want  pace
	}{
		{60, time.Minute, pace{1_000_000, 60_000_000}},
		{7, time.Second, pace{142_858, 1_000_006}},
		{1, time.Hour, pace{3_600_000_000, 3_600_000_000}},
		{10_000_000, time.Second, pace{1, 10_000_000}}, // at most one in a microsecond
		{0, time.Second, pace{1_000_000, 1_000_000}},
	} {
		if got := newPace(c.limit, c.per); got != c.want {
			t.Errorf("%d in %s: %+v, want %+v", c.limit, c.per, got, c.want)
		}
	}
}

// What somebody else wrote into a key is never worth more than a key that he
// deleted, and shuts nobody out for longer than the limit itself would.
func TestForgedKeysOpenNothing(t *testing.T) {
	r := ground.Redis(t)
	c, script, p := opened(t, r), spendScript, newPace(3, time.Hour)
	for name, write := range map[string][]string{
		"nothing":          {"DEL", "k"},
		"a word":           {"SET", "k", "plums"},
		"not a number":     {"SET", "k", "nan"},
		"minus infinity":   {"SET", "k", "-inf"},
		"a negative":       {"SET", "k", "-99999999999999999999"},
		"another type":     {"LPUSH", "k", "1"},
		"infinity":         {"SET", "k", "inf"},
		"far ahead":        {"SET", "k", "9e300"},
		"a moment, no end": {"SET", "k", "1790000000000000"},
	} {
		t.Run(name, func(t *testing.T) {
			r.Do([]string{"DEL", "k"}, write)
			allowed := 0
			for range 5 {
				wait, err := c.spend(t.Context(), script, "k", p)
				if err != nil || wait > time.Duration(p.step)*time.Microsecond {
					t.Fatalf("wait %s, %v", wait, err)
				}
				if wait == 0 {
					allowed++
				}
			}
			if shut := name == "infinity" || name == "far ahead"; allowed != 3 && !(shut && allowed == 0) {
				t.Errorf("%d allowed of a limit of 3", allowed)
			}
			if r.Ask("TYPE", "k") == "string" && allowed > 0 && r.Ask("PTTL", "k") == "-1" {
				t.Error("the key does not expire")
			}
		})
	}
}

func TestScriptIsLoadedAgainWhenTheServerForgetsIt(t *testing.T) {
	r := ground.Redis(t)
	c, script, p := opened(t, r), spendScript, newPace(2, time.Hour)
	for i, want := range []bool{true, true, false} {
		r.Do([]string{"SCRIPT", "FLUSH"})
		if wait, err := c.spend(context.Background(), script, "k", p); err != nil || (wait == 0) != want {
			t.Fatalf("request %d: wait %s, %v", i, wait, err)
		}
	}
}

func TestKeysTellNoAddress(t *testing.T) {
	a, b := secret.FromString("one key of the deployment"), secret.FromString("another key")
	seen := map[string]bool{}
	for _, k := range []string{
		limitKey(a, "address 192.0.2.1"), limitKey(a, "address 192.0.2.2"),
		limitKey(a, "passkey 192.0.2.1"), limitKey(b, "address 192.0.2.1"),
	} {
		if seen[k] || !strings.HasPrefix(k, Prefix) || strings.Contains(k, "192") || len(k) > 40 {
			t.Errorf("key %q", k)
		}
		seen[k] = true
	}
}

// A server that is something else, or that somebody made answer at will, must
// not pass for one that has counted.
func TestNonsenseIsNoAnswer(t *testing.T) {
	c, p := opened(t, ground.Redis(t)), newPace(10, time.Minute)
	for _, body := range []string{
		"return -1", "return 'OK'", "return {}", "return {0}", "return false", "return true and '0x0'", "return 9007199254740991",
		"return {err = 'ERR no'}", "return {ok = 'OK'}", "return", "return 6000001", "this is no Lua",
	} {
		if wait, err := c.spend(t.Context(), body, "k", p); err == nil {
			t.Errorf("%s: taken for a wait of %s", body, wait)
		}
	}
	for body, want := range map[string]time.Duration{"return 0": 0, "return 6000000": 6 * time.Second} {
		if wait, err := c.spend(t.Context(), body, "k", p); err != nil || wait != want {
			t.Errorf("%s: wait %s, %v", body, wait, err)
		}
	}
}
