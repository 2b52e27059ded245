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
