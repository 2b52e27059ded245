package app

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// A stranger with one /64 must not be able to fill the disk with rows.
func TestRefusalsOfOneNetworkAreOneRow(t *testing.T) {
	at := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	row := func(e audit.Event, ip string) audit.Row {
		return audit.Row{At: at, Event: e, Code: "malformed_json", Client: audit.Client{IP: ip}, Count: 1}
	}
	var rows []audit.Row
	for i := range 1000 {
		rows = append(rows, row(audit.EventRequestRefused, fmt.Sprintf("2001:db8:0:1::%x", i+1)))
	}
	rows = append(rows,
		row(audit.EventRequestRefused, "2001:db8:0:2::1"), row(audit.EventRequestRefused, "192.0.2.7"),
		row(audit.EventRequestRefused, "192.0.2.8"), row(audit.EventRequestRefused, "local"),
		row(audit.EventDeviceMismatch, "192.0.2.8")) // of another kind
	got := map[string]int64{}
	for _, r := range merge(rows) {
		got[string(r.Event)+" "+r.Client.IP] += r.Count
	}
	want := map[string]int64{
		"request_refused 2001:db8:0:1::/64": 1000, "request_refused 2001:db8:0:2::/64": 1,
		"request_refused 192.0.2.7": 1, "request_refused 192.0.2.8": 1, "request_refused local": 1,
		"device_mismatch 192.0.2.8": 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Whoever asks for an address finds that it is at its limit, and whoever makes
// addresses up gets no row for each.
func TestRefusalsNameTheAccountWithinBounds(t *testing.T) {
	at := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	row := func(after time.Duration, address, ip string) audit.Row {
		return audit.Row{
			At: at.Add(after), Event: audit.EventRequestRefused, Code: "too_many_attempts", Reason: "account_limit",
			Address: address, Client: audit.Client{IP: ip}, Count: 1,
		}
	}
	var n names
	bound := func(r audit.Row) string {
		n.bound(&r)
		return r.Address
	}
	for i := range 1000 { // one stranger
		if got := bound(row(0, fmt.Sprintf("a%d@example.com", i), "192.0.2.7")); (got != "") != (i < namesOfNetwork) {
			t.Fatalf("address %d of one network is written as %q", i, got)
		}
	}
	if got := bound(row(time.Second, "a3@example.com", "192.0.2.7")); got != "a3@example.com" {
		t.Errorf("an address that has its row is written as %q", got)
	}
	if got := bound(row(0, "ada@example.com", "192.0.2.8")); got != "ada@example.com" {
		t.Errorf("another network's address is written as %q", got)
	}
	for i := range 1000 { // a thousand strangers
		bound(row(0, "b@example.com", fmt.Sprintf("198.51.%d.%d", i/250, i%250)))
	}
	if len(n.seen) != namesOfAll {
		t.Errorf("%d names are written in a minute", len(n.seen))
	}
	if got := bound(row(0, "", "192.0.2.9")); got != "" {
		t.Errorf("a refusal of no account got the address %q", got)
	}
	if got := bound(row(time.Minute, "eve@example.com", "192.0.2.7")); got != "eve@example.com" {
		t.Errorf("in the next minute: %q", got)
	}
	merged := merge([]audit.Row{row(0, "x@example.com", "192.0.2.1"), row(0, "y@example.com", "192.0.2.1"), row(0, "x@example.com", "192.0.2.1")})
	if len(merged) != 2 || merged[0].Count != 2 {
		t.Errorf("merged into %+v", merged)
	}
}
