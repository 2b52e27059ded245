package bench

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// server counts what reaches it, and answers by the path in each way that a body can end.
func server(t *testing.T) (url string, seen *atomic.Int64) {
	t.Helper()
	seen = &atomic.Int64{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := seen.Add(1)
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/length":
			fmt.Fprint(w, "short")
		case "/long": // in several chunks, longer than the client's buffer
			for range 5 {
				fmt.Fprint(w, strings.Repeat("x", 9000))
				_ = http.NewResponseController(w).Flush()
			}
		case "/none":
			w.WriteHeader(http.StatusNoContent)
		case "/close":
			w.Header().Set("Connection", "close")
			fmt.Fprint(w, "bye")
		case "/echo":
			if r.Method != http.MethodPost || r.Header.Get("X-One") != "1" || string(body) != "b" {
				w.WriteHeader(http.StatusBadRequest)
			}
		case "/second": // each other request is refused
			if n%2 == 0 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}
	}))
	t.Cleanup(s.Close)
	return s.URL, seen
}

// The generator must neither lose nor make up an answer: each one that it counts is one that the server gave.
func TestEachAnswerIsCountedOnce(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/length", "/long", "/none", "/close", "/echo"} {
		url, seen := server(t)
		r := Request{URL: url + path}
		if path == "/echo" {
			r.Method, r.Header, r.Body = http.MethodPost, []string{"X-One: 1"}, "b"
		}
		wires, err := Prepare(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Load{Wires: wires, Clients: 3, Length: 100 * time.Millisecond}.Run(t.Context())
		if err == nil {
			err = got.AllGood()
		}
		if err != nil || int64(len(got.Good)) != seen.Load() {
			t.Errorf("%s: %d answers for %d requests, %v", path, len(got.Good), seen.Load(), err)
		}
	}
}

func TestRefusalsAreNoGoodAnswers(t *testing.T) {
	t.Parallel()
	url, seen := server(t)
	wires, err := Prepare(Request{URL: url + "/second"})
	if err != nil {
		t.Fatal(err)
	}
	got, late, err := Steady{Wires: wires, Rate: 500, Length: 100 * time.Millisecond}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if seen.Load() != 50 || len(late) != 50 || len(got.Good) != 25 || len(got.Bad) != 25 || got.Statuses[503] != 25 || got.AllGood() == nil {
		t.Errorf("of %d requests: %d good, %d bad, %v", seen.Load(), len(got.Good), len(got.Bad), got.Statuses)
	}
}

func TestNoAnswerIsCountedAsNone(t *testing.T) {
	t.Parallel()
	url, _ := server(t)
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(s.Close)
	wires, err := Prepare(Request{URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := Steady{Wires: wires, Rate: 100, Length: 50 * time.Millisecond}.Run(t.Context())
	if err != nil || got.Broken != 5 || len(got.Took) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []Request{{URL: "127.0.0.1:80"}, {URL: "ftp://x"}, {URL: url, Header: []string{"A: b\r\nC: d"}}} {
		if _, err := Prepare(bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}

// What a process has used is at least what it demonstrably worked, and counts those that descend from it.
func TestUsageCountsWork(t *testing.T) {
	t.Parallel()
	before, err := UsageOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for {
		var sum int
		for i := range 10_000_000 {
			sum += i
		}
		if after, err := UsageOf(os.Getpid()); err != nil || after.Since(before) > 10*time.Millisecond {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	if family := Family(os.Getppid()); len(family) < 2 {
		t.Errorf("the family of the parent is %v", family)
	}
	if mib, err := PSS(os.Getpid()); err != nil || mib < 1 {
		t.Errorf("%f MiB, %v", mib, err)
	}
	if _, err := UsageOf(1 << 30); err == nil {
		t.Error("a process that is not there has a usage")
	}
}

func TestGoals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		r     Row
		met   bool
		share float64
	}{
		{Row{Got: 4, Against: "x", Ratio: 1.25}.AtMost(1.25), true, 1},
		{Row{Got: 4, Against: "x", Ratio: 2.5}.AtMost(1.25), false, 2},
		{Row{Got: 4, Against: "x", Ratio: 0.4}.AtLeast(0.8), false, 2},
		{Row{Got: 4, Unit: "MB"}.AtMost(8), true, 0.5},
	} {
		if *c.r.Met != c.met || c.r.Share() != c.share {
			t.Errorf("%s: met %v, share %f", c.r, *c.r.Met, c.r.Share())
		}
	}
	if row := (Row{What: "a", Got: 12.34, Unit: "ms", Against: "b", Baseline: 6.17, Ratio: 2}).AtMost(1.3).String(); row !=
		"| a | 12.3 ms | 6.17 ms, b | 2.00 | ≤ 1.3 | **no** |" {
		t.Error(row)
	}
}

func TestChartIsWellFormed(t *testing.T) {
	t.Parallel()
	c := Chart{Title: `"<&>"`, Line: 1, Top: 3, Bars: []Bar{{Label: "a<b", Text: "1", Value: 0.5, Kind: "good"}, {Label: "c", Value: 9, Kind: "bad"}}}
	d := xml.NewDecoder(strings.NewReader(string(c.SVG())))
	rects := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "rect" {
			rects++
		}
	}
	if rects != 2 {
		t.Errorf("%d bars", rects)
	}
}

// A server closes a connection that it was never asked anything on, so none may be left aside.
func TestConnectionsAreUsedInTurn(t *testing.T) {
	t.Parallel()
	first, second := &conn{}, &conn{}
	waiting := &idle{conns: []*conn{first, second}}
	if got := waiting.take(); got != first {
		t.Error("the connection that waited longest was left aside")
	}
	if waiting.take() != second || waiting.take() != nil {
		t.Error("each connection is given once")
	}
}
