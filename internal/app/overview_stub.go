package app

import (
	"context"
	"math"
	"os"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/web"
)

// stubSeries stands in until the figures of the database are there.
func stubSeries(_ context.Context, span string) (web.Series, error) {
	n, step := 60, int64(60)
	switch span {
	case "24h":
		n, step = 96, 900
	case "7d":
		n, step = 84, 7200
	case "30d":
		n, step = 120, 21600
	}
	s := web.Series{
		Range: span, Step: step, Values: map[string][]*float64{}, Failures: map[string][]*float64{},
		Targets: map[string]float64{"login_success_ratio": 0.995, "login_p95_seconds": 2, "pool_use_ratio": 0.8, "response_p95_seconds": 0.5},
	}
	mode := os.Getenv("STUB")
	now := time.Now().Unix() / step * step
	for i := range n {
		s.At = append(s.At, now-int64(n-1-i)*step)
		x := float64(i)
		bad := mode == "bad" && i > n/2
		v := map[string]float64{
			"login_success_ratio": 1 - 0.004*math.Abs(math.Sin(x/5)), "logins": math.Round(40 + 30*math.Sin(x/9)), "guessing": 0,
			"login_p50_seconds": 0.09 + 0.02*math.Sin(x/4), "login_p95_seconds": 0.21 + 0.06*math.Sin(x/6), "login_p99_seconds": 0.33 + 0.1*math.Sin(x/3),
			"sessions_active": 1200 + 3*x, "pool_use_ratio": 0.2 + 0.1*math.Sin(x/7), "response_p95_seconds": 0.012 + 0.006*math.Sin(x/5),
			"hash_queue_wait_seconds": 0.002 + 0.001*math.Sin(x),
		}
		fail := map[string]float64{"invalid_credentials": math.Round(3 + 2*math.Sin(x/3)), "invalid_code": math.Round(1 + math.Sin(x/2))}
		if bad {
			v["login_success_ratio"] = 0.9 + 0.05*math.Sin(x)
			v["guessing"] = 180 + 40*math.Sin(x)
			v["login_p95_seconds"], v["login_p99_seconds"] = 2.4+0.3*math.Sin(x/2), 3.4
			v["pool_use_ratio"], v["response_p95_seconds"] = 0.92, 0.8
			v["hash_queue_wait_seconds"] = 0.4
			fail["too_many_attempts"], fail["locked_out"], fail["overloaded"] = 90, 20, 12
			fail["csrf_token_invalid"], fail["account_disabled"] = 4, 2
		}
		gap := mode == "empty" || (i > 20 && i < 26)
		put := func(m map[string][]*float64, k string, f float64) {
			if gap {
				m[k] = append(m[k], nil)
				return
			}
			m[k] = append(m[k], &f)
		}
		for k, f := range v {
			put(s.Values, k, f)
		}
		for _, k := range []string{"invalid_credentials", "invalid_code", "too_many_attempts", "locked_out", "overloaded", "csrf_token_invalid", "account_disabled"} {
			put(s.Failures, k, fail[k])
		}
	}
	return s, nil
}
