package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/trace"
)

var traceChecks = []check{
	{"TraceIsReadBackAsWritten", traceReadBack},
	{"TracesOfOneAttemptAreFound", traceSelected},
	{"TracesTakeWhateverAStrangerSends", traceNaughty},
}

// traceBoundChecks look at the whole table.
var traceBoundChecks = []check{
	{"OldestTracesGoFirst", traceBounds},
}

func newTrace(at time.Time, edit ...func(*trace.Row)) *trace.Row {
	r := &trace.Row{
		At: at, RequestID: secret.RandomText(10), Place: "p" + secret.RandomText(8), Network: "n" + secret.RandomText(8),
		Facts: trace.Facts{Method: "GET", Route: "GET /login", Status: 200},
	}
	for _, f := range edit {
		f(r)
	}
	return r
}

func traceReadBack(t *testing.T, g ground) {
	want := newTrace(noon.Add(7 * time.Millisecond))
	want.Browser, want.Gave = "b"+want.RequestID, "g"+want.RequestID
	want.Facts = trace.Facts{
		Method: "POST", Route: "POST /login", Status: 403, Code: "csrf_token_invalid", Reason: "csrf_cookie_missing", Cause: "why",
		Address: "ada@example.com", User: "7", Session: "s", IP: "192.0.2.7", Peer: "10.0.0.1", Agent: agent, Proxied: true, Forwarded: true,
		Scheme: "https", Host: "a.example", Sent: "b.example", Origin: "https://a.example", FetchSite: "same-origin",
		Came: []trace.Cookie{{Name: "aiwfe_csrf", Count: 2, Broken: true}}, Set: []trace.SetCookie{{Name: "aiwfe_csrf", Domain: "x", Secure: true, Cleared: true}},
		Token: "header", Bearer: true, Good: 12, Took: 3,
	}
	if err := g.PutTraces(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	got := must[[]trace.Row](t)(g.Traces(t.Context(), trace.Query{RequestID: want.RequestID, Limit: 9}))
	if len(got) != 1 || got[0].ID == 0 {
		t.Fatalf("read back as %+v", got)
	}
	got[0].ID = 0
	if diff := cmp.Diff(*want, got[0]); diff != "" {
		t.Errorf("read back otherwise (-want +got):\n%s", diff)
	}
}

func traceSelected(t *testing.T, g ground) {
	browser, place := "b"+secret.RandomText(8), "p"+secret.RandomText(8)
	rows := []*trace.Row{
		newTrace(noon, func(r *trace.Row) { r.Gave, r.Place = browser, place }),
		newTrace(noon.Add(time.Second), func(r *trace.Row) { r.Browser = browser }),
		newTrace(noon.Add(2*time.Second), func(r *trace.Row) { r.Place = place }),
		newTrace(noon.Add(3 * time.Second)),
	}
	for range 120 { // more than one statement holds
		rows = append(rows, newTrace(noon))
	}
	if err := g.PutTraces(t.Context(), rows...); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		q    trace.Query
		want []int
	}{
		{trace.Query{Browsers: []string{browser}}, []int{1, 0}},
		{trace.Query{Place: place}, []int{2, 0}},
		{trace.Query{Browsers: []string{browser, "nobody"}, Place: place}, []int{2, 1, 0}},
		{trace.Query{Browsers: []string{browser}, Place: place, Since: noon.Add(time.Second)}, []int{2, 1}},
		{trace.Query{Browsers: []string{browser}, Place: place, Until: noon.Add(time.Second)}, []int{1, 0}},
		{trace.Query{Browsers: []string{browser}, Place: place, Limit: 1}, []int{2}},
		{trace.Query{RequestID: rows[3].RequestID}, []int{3}},
		{trace.Query{RequestID: rows[123].RequestID}, []int{123}},
		{trace.Query{RequestID: "' OR ''='"}, nil},
	} {
		c.q.Limit = max(c.q.Limit, 1) + 100*b2i(c.q.Limit == 0)
		var got []int
		for _, r := range must[[]trace.Row](t)(g.Traces(t.Context(), c.q)) {
			got = append(got, slices.IndexFunc(rows, func(o *trace.Row) bool { return o.RequestID == r.RequestID }))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c.q, diff)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func traceNaughty(t *testing.T, g ground) {
	for _, text := range []string{"a\x00b", "\xff\xfe", `\u0000`, `"'\`, "</script>", "\U0001F469\u200d\U0001F4BB"} {
		r := newTrace(noon, func(r *trace.Row) { r.Agent, r.Origin, r.Host, r.Network = text, text, text, text })
		if err := g.PutTraces(t.Context(), r); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		got := must[[]trace.Row](t)(g.Traces(t.Context(), trace.Query{RequestID: r.RequestID, Limit: 1}))
		if len(got) != 1 || got[0].Agent == "" {
			t.Errorf("%q is read back as %+v", text, got)
		}
	}
}

func traceBounds(t *testing.T, g ground) {
	put := func(network string, n int, at time.Time) {
		t.Helper()
		var rows []*trace.Row
		for i := range n {
			rows = append(rows, newTrace(at, func(r *trace.Row) {
				r.Network, r.RequestID = network, fmt.Sprintf("%s-%s-%d", network, at.Format("15:04"), i)
			}))
		}
		if err := g.PutTraces(t.Context(), rows...); err != nil {
			t.Fatal(err)
		}
	}
	left := func() map[string]int {
		count := map[string]int{}
		for _, r := range must[[]trace.Row](t)(g.Traces(t.Context(), trace.Query{Limit: 1000})) {
			count[r.Network]++
		}
		return count
	}
	put("old", 3, noon.Add(-time.Hour))
	put("quiet", 2, noon)
	put("loud", 80, noon)
	put("late", 4, noon.Add(time.Minute))
	for _, c := range []struct {
		most, ofNetwork int
		want            map[string]int
	}{
		{1000, 1000, map[string]int{"quiet": 2, "loud": 80, "late": 4}},
		{1000, 10, map[string]int{"quiet": 2, "loud": 10, "late": 4}},
		{5, 10, map[string]int{"loud": 1, "late": 4}},
	} {
		if err := g.TrimTraces(t.Context(), noon.Add(-time.Minute), c.most, c.ofNetwork); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, left()); diff != "" {
			t.Errorf("most %d, of a network %d (-want +got):\n%s", c.most, c.ofNetwork, diff)
		}
	}
	if got := must[[]trace.Row](t)(g.Traces(t.Context(), trace.Query{RequestID: "loud-12:00-79", Limit: 1})); len(got) != 1 {
		t.Error("the newest of a network went before its older ones")
	}
}
