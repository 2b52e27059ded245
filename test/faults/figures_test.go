package faults

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// figuresOf are those of all servers on the database.
func figuresOf(t *testing.T, c *caller) (m api.AuthMetrics) {
	t.Helper()
	a := c.once(http.MethodGet, "/api/metrics/authentication")
	if err := json.Unmarshal(a.body, &m); err != nil || m.Alone {
		t.Fatalf("the figures of this process alone, or none: %v %s", err, a.body)
	}
	return m
}

// seriesOf adds up each curve of a range.
func seriesOf(t *testing.T, c *caller, bearer, span string) map[string]float64 {
	t.Helper()
	a := c.call(http.MethodGet, "/api/v1/admin/metrics/series?range="+span, bearer, nil)
	var s api.Series
	if err := json.Unmarshal(a.body, &s); err != nil || a.status != http.StatusOK {
		t.Fatalf("%v %v", err, a)
	}
	sums := map[string]float64{}
	for name, values := range s.Series {
		for _, v := range values {
			if v != nil {
				sums[name] += *v
			}
		}
	}
	for _, values := range s.Failures["wrong_password"] {
		if values != nil {
			sums["wrong_password"] += *values
		}
	}
	return sums
}

// TestFiguresOutliveTheServer: what was counted is there after a stop, and what
// was counted before the last quarter of a minute after kill -9.
func TestFiguresOutliveTheServer(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, at place) {
		s := serve(t, at, nil)
		admin := s.RunInput(password, "user", "create", "--email", "root@example.com", "--role", "admin", "--password-stdin")
		if admin.Code != 0 {
			t.Fatal(admin.Stderr)
		}
		tried, right := int64(0), int64(0)
		signs := func(s *ground.Instance) (c *caller, bearer string) {
			c = newCaller(s)
			want(t, "a wrong password", c.login("root@example.com", "this is not the one"), http.StatusUnauthorized, api.CodeInvalidCredentials)
			bearer = signIn(t, c, "root@example.com").AccessToken
			tried, right = tried+2, right+1
			return c, bearer
		}
		check := func(after string, c *caller, bearer string) {
			t.Helper()
			m := figuresOf(t, c)
			for _, name := range []string{"1h", "24h"} { // five minutes may be over on a busy machine
				w := m.Windows[name]
				if w.Attempts != tried || w.Succeeded != right || w.Slips != right || w.LoginTime.Count != right || *w.HonestSuccessRate != 1 {
					t.Errorf("after %s, in %s: %+v of %d attempts", after, name, w, tried)
				}
			}
			for _, span := range []string{"1h", "24h", "7d", "30d"} {
				if got := seriesOf(t, c, bearer, span); got["logins"] != float64(right) || got["wrong_password"] != float64(tried-right) {
					t.Errorf("after %s, the series of %s: %v", after, span, got)
				}
			}
		}
		signs(s)
		s.Restart()
		c, bearer := signs(s)
		check("a stop", c, bearer)
		if len(figuresOf(t, c).Nodes) != 2 {
			t.Errorf("the servers that counted: %+v", figuresOf(t, c).Nodes)
		}
		kept := at.written(t, s, tried)
		s.Kill9()
		s.Start()
		if !kept {
			t.Fatal("nothing was written within a minute")
		}
		c, bearer = signs(s)
		check("kill -9", c, bearer)
	})
}

// written waits, a minute at most, until rows of minutes have so many attempts.
func (at place) written(t *testing.T, s *ground.Instance, attempts int64) bool {
	t.Helper()
	db := at.open(t, s)
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); time.Sleep(100 * time.Millisecond) {
		rows, err := db.QueryContext(t.Context(), `SELECT sheet FROM figures WHERE step_s = 60`)
		if err != nil {
			t.Fatal(err)
		}
		n := int64(0)
		for rows.Next() {
			var text string
			var sheet struct{ C map[string]int64 }
			if err := rows.Scan(&text); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(text), &sheet); err != nil {
				t.Fatal(err)
			}
			n += sheet.C["attempts"]
		}
		_ = rows.Close()
		if n == attempts {
			return true
		}
	}
	return false
}
