package trace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

var noon = time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)

// shelf keeps rows in memory.
type shelf struct {
	rows  []Row
	away  bool
	trims int
}

func (s *shelf) PutTraces(_ context.Context, rows ...*Row) error {
	if s.away {
		return errors.New("the database is away")
	}
	for _, r := range rows {
		s.rows = append(s.rows, *r)
	}
	return nil
}

func (s *shelf) TrimTraces(context.Context, time.Time, int, int) error { s.trims++; return nil }

func recorder(t *testing.T) (*Recorder, *shelf, *bytes.Buffer) {
	t.Helper()
	kept, log := &shelf{}, &bytes.Buffer{}
	r, err := NewRecorder(kept, slog.New(slog.NewTextHandler(log, nil)), func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	return r, kept, log
}

// at makes a request that went well, of a place.
func at(after time.Duration, place, id string) Row {
	return Row{At: noon.Add(after), RequestID: id, Place: place, Network: place, Facts: Facts{Method: "GET", Route: "GET /login", Status: 200}}
}

func refused(r Row) Row {
	r.Status, r.Code, r.Reason = 403, api.CodeCSRFTokenMissing, "csrf_token_missing"
	return r
}

func ids(rows []Row) (list []string) {
	for _, r := range rows {
		list = append(list, r.RequestID)
	}
	return list
}

// A stranger who is refused as fast as the network carries fills neither the
// memory nor the disk, and pushes nobody else's rows out.
func TestFloodIsBoundedAndHurtsNobodyElse(t *testing.T) {
	r, kept, _ := recorder(t)
	for i := range 30 {
		r.Keep(refused(at(0, "quiet", fmt.Sprintf("quiet%d", i))))
	}
	for i := range 50_000 {
		row := refused(at(0, "loud", fmt.Sprintf("loud%d", i)))
		row.Agent, row.Cause = strings.Repeat("x", 5000), strings.Repeat("y", 5000)
		r.Keep(row)
	}
	r.Flush(t.Context())
	count := map[string]int{}
	for _, row := range kept.rows {
		count[row.Place]++
		if len(row.Agent) > maxAgent || len(row.Cause) > maxText {
			t.Fatalf("a row of %d bytes", len(row.Agent)+len(row.Cause))
		}
	}
	if count["quiet"] != 30 || count["loud"] != perSecondNetwork {
		t.Errorf("kept are %v", count)
	}
	if !slices.Contains(ids(kept.rows), "loud49999") || r.Lost() != 50_000-perSecondNetwork {
		t.Errorf("the newest went before the oldest, or %d lost were not counted", r.Lost())
	}
}

func TestFloodFromManyNetworksIsBoundedToo(t *testing.T) {
	r, kept, _ := recorder(t)
	for i := range 10_000 {
		r.Remember(at(0, fmt.Sprint("p", i), "fine"))
		r.Keep(refused(at(time.Second, fmt.Sprint("p", i), "refused")))
		r.Remember(at(2*time.Second, fmt.Sprint("p", i), "fine"))
	}
	r.Flush(t.Context())
	if len(kept.rows) != perSecond {
		t.Errorf("%d rows in one second", len(kept.rows))
	}
	if n := len(r.past.of); n > pastPlaces || len(r.past.order) > pastPlaces {
		t.Errorf("%d places are remembered", n)
	}
	for range 1000 {
		r.Remember(at(0, "one", "fine"))
	}
	if n := len(r.past.of["one"]); n > pastOfPlace {
		t.Errorf("%d requests of one place are remembered", n)
	}
}

// What went well is written only when it led to a refusal, and once.
func TestWhatLedToARefusalIsWrittenWithIt(t *testing.T) {
	r, kept, _ := recorder(t)
	other := at(0, "home", "other browser")
	other.Browser = "b2"
	mine := at(time.Second, "home", "given")
	mine.Gave = "b1"
	for _, row := range []Row{at(-2*pastAge, "home", "long ago"), other, mine, at(time.Second, "elsewhere", "elsewhere")} {
		r.Remember(row)
	}
	r.Flush(t.Context())
	if len(kept.rows) != 0 {
		t.Fatalf("written without a refusal: %v", ids(kept.rows))
	}
	no := refused(at(2*time.Second, "home", "refused"))
	no.Browser = "b1"
	r.Keep(no)
	no.RequestID = "again"
	r.Keep(no)
	r.Flush(t.Context())
	if got := ids(kept.rows); !slices.Equal(got, []string{"given", "refused", "again"}) {
		t.Errorf("written are %v", got)
	}
}

func TestDatabaseThatIsAwayIsWaitedForWithinBounds(t *testing.T) {
	r, kept, log := recorder(t)
	kept.away = true
	for i := range 10 {
		for j := range perSecondNetwork {
			r.Keep(refused(at(0, fmt.Sprint("p", j), fmt.Sprint(i, " ", j))))
		}
		r.Flush(t.Context())
	}
	kept.away = false
	r.Keep(refused(at(0, "p", "last")))
	r.Flush(t.Context())
	if n := len(kept.rows); n != perSecond || kept.rows[n-1].RequestID != "last" || r.Lost() != 10*perSecondNetwork+1-perSecond {
		t.Errorf("%d rows, %d lost", n, r.Lost())
	}
	if !strings.Contains(log.String(), "could not be written") {
		t.Error("nobody is told")
	}
	r.trim(t.Context())
	r.trim(t.Context())
	if kept.trims != 1 {
		t.Errorf("trimmed %d times for one write", kept.trims)
	}
}

func TestLastCheckOfASessionIsKnownByItsBrowser(t *testing.T) {
	r, _, _ := recorder(t)
	if r.LastCounted("a") != 0 {
		t.Error("known before it was seen")
	}
	r.Counted("a", noon)
	r.Counted("", noon)
	if r.LastCounted("a") != noon.UnixMicro() || r.LastCounted("") != 0 {
		t.Errorf("last counted at %d", r.LastCounted("a"))
	}
	if n := testing.AllocsPerRun(100, func() { r.Counted("a browser", noon) }); n != 0 {
		t.Errorf("%v allocations at each check of a session", n)
	}
}
