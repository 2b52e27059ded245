package faults

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// vitals are what a server holds, by its own metrics. Goal is the size at which the collector runs again: twice what was
// alive when it last did.
type vitals struct {
	goroutines, files, resident, limit, goal float64
}

const mebibyte = 1 << 20

var vitalLine = regexp.MustCompile(`(?m)^(go_goroutines|process_open_fds|process_resident_memory_bytes|go_memstats_next_gc_bytes|go_gc_gomemlimit_bytes) (\S+)$`)

func takeVitals(s *ground.Instance) (v vitals) {
	a := newCaller(s).once("GET", "/metrics")
	for _, m := range vitalLine.FindAllStringSubmatch(string(a.body), -1) {
		n, _ := strconv.ParseFloat(m[2], 64)
		switch m[1] {
		case "go_goroutines":
			v.goroutines = n
		case "process_open_fds":
			v.files = n
		case "process_resident_memory_bytes":
			v.resident = n
		case "go_memstats_next_gc_bytes":
			v.goal = n
		default:
			v.limit = n
		}
	}
	return v
}

// anonymous is the memory that a server took for itself: what it holds beside that are pieces of its own file.
func anonymous(s *ground.Instance) float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.PID()))
	_, rest, _ := strings.Cut(string(text), "RssAnon:")
	n, _ := strconv.ParseFloat(strings.Fields(rest + " 0")[0], 64)
	return n * 1024
}

// once asks on a connection that is closed with the answer.
func (c *caller) once(method, path string) answer {
	req, err := http.NewRequest(method, c.url+path, nil)
	if err != nil {
		return answer{err: err}
	}
	req.Close = true
	return c.send(req)
}

// watched looks at a server before a fault, and gives the check for after it: the same process, green, holding no more
// connections and goroutines than before, and no more memory than it may have grown by, in MiB; 0 is not
// looked at, and below that neither is health.
func watched(t *testing.T, s *ground.Instance) (sound func(grown float64)) {
	t.Helper()
	newCaller(s).once("GET", "/api/health")
	pid, before, memory := s.PID(), takeVitals(s), anonymous(s)
	if before.goroutines == 0 || before.files == 0 || before.resident == 0 {
		t.Fatalf("the metrics do not tell: %+v", before)
	}
	return func(grown float64) {
		t.Helper()
		if s.PID() != pid || !s.Running() {
			t.Fatal("the program did not live through it")
		}
		var now vitals
		defer func() { t.Logf("before %+v, after %+v", before, now) }()
		eventually(t, backWithin, "connections and goroutines are as before", func() bool {
			now = takeVitals(s)
			return now.files > 0 && now.files <= before.files+30 && now.goroutines <= before.goroutines+20
		})
		if grown < 0 {
			return
		}
		eventually(t, 75*time.Second, "health is green", func() bool {
			var h api.Health
			_ = json.Unmarshal(newCaller(s).once("GET", "/api/health").body, &h)
			return h.Status == "healthy"
		})
		if grown > 0 { // the runtime takes its time to give memory back
			eventually(t, 2*time.Minute, fmt.Sprintf("it holds no more than %.0f MiB more than before", grown), func() bool {
				return anonymous(s)-memory <= grown*mebibyte
			})
		}
	}
}
