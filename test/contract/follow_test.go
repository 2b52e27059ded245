package contract

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

const streamPath = "/api/v1/admin/audit/stream"

// stream is a live tail of the audit.
type stream struct {
	res   *http.Response
	lines chan string
}

// follow opens a stream and reads it until it ends.
func (c *client) follow(t *testing.T, query string, options ...option) *stream {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", c.w.URL+streamPath+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.dress(r, "")
	for _, o := range options {
		o(r)
	}
	res, err := c.w.transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	s := &stream{res: res, lines: make(chan string, 1000)}
	t.Cleanup(func() { _ = res.Body.Close() })
	go func() {
		defer close(s.lines)
		for in := bufio.NewScanner(res.Body); in.Scan(); {
			s.lines <- in.Text()
		}
	}()
	return s
}

// line waits for a line that begins like this; "" when the stream ended before.
func (s *stream) line(t *testing.T, prefix string) string {
	t.Helper()
	limit := time.After(15 * time.Second)
	for {
		select {
		case text, open := <-s.lines:
			if !open {
				return ""
			}
			if rest, found := strings.CutPrefix(text, prefix); found {
				return rest
			}
		case <-limit:
			t.Fatalf("no line %q came", prefix)
		}
	}
}

// row waits for the next row.
func (s *stream) row(t *testing.T) (r auditRow) {
	t.Helper()
	if text := s.line(t, "data: "); json.Unmarshal([]byte(text), &r) != nil || r.Event == "" {
		t.Fatalf("no row but %q", text)
	}
	return r
}

func TestAuditIsFollowedAndTakenUpAgain(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	s := admin.follow(t, "?event=login&outcome=refused")
	if kind := s.res.Header.Get("Content-Type"); s.res.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		t.Fatalf("%d %s", s.res.StatusCode, kind)
	}
	s.line(t, "retry: ")
	for i := range 3 {
		w.program().login(t, fmt.Sprintf("n%d@example.com", i), wrong)
	}
	last := s.line(t, "id: ")
	for i := range 3 {
		if r := s.row(t); r.Address != fmt.Sprintf("n%d@example.com", i) || r.Reason != "unknown_address" {
			t.Errorf("row %d is %+v", i, r)
		}
	}
	// The first of three was the last that this client had heard of.
	again := admin.follow(t, "?event=login&outcome=refused", with("Last-Event-ID", last))
	for i := range 2 {
		if r := again.row(t); r.Address != fmt.Sprintf("n%d@example.com", i+1) {
			t.Errorf("taken up again, row %d is %+v", i, r)
		}
	}
}

// TestStreamEndsWithItsRight: it is asked anew all the time whether the person may read on.
func TestStreamEndsWithItsRight(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	boss := w.admin(t)
	for name, end := range map[string]func(c *client, id string){
		"session ended": func(c *client, _ string) { c.do(t, "POST", "/api/v1/auth/jwt/logout", nil) },
		"role taken away": func(_ *client, id string) {
			boss.do(t, "PATCH", "/api/v1/admin/users/"+id, object{"role": "user"}).want(t, http.StatusOK, "")
		},
		"account deleted": func(_ *client, id string) {
			boss.do(t, "DELETE", "/api/v1/admin/users/"+id, nil).want(t, http.StatusNoContent, "")
		},
	} {
		c := w.admin(t)
		id := c.do(t, "GET", "/api/v1/users/me", nil).text("id")
		s := c.follow(t, "")
		s.line(t, "retry: ")
		end(c, id)
		if kind, data := s.line(t, "event: "), s.line(t, "data: "); kind != "end" || !strings.Contains(data, `"code"`) {
			t.Errorf("%s: the stream says %q %q", name, kind, data)
		}
		if more := s.line(t, "data: "); more != "" {
			t.Errorf("%s: the stream goes on with %s", name, more)
		}
	}
}

// TestStreamsAreBoundedAndDoNotHoldUpAStop: they would have no end of their own.
func TestStreamsAreBoundedAndDoNotHoldUpAStop(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	var open []*stream
	for range 20 {
		s := admin.follow(t, "")
		s.line(t, "retry: ")
		open = append(open, s)
	}
	admin.once(t, "GET", streamPath, nil).want(t, http.StatusServiceUnavailable, "overloaded")
	_ = open[0].res.Body.Close()
	for until := time.Now().Add(15 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if s := admin.follow(t, ""); s.res.StatusCode == http.StatusOK {
			break
		} else if time.Now().After(until) {
			t.Fatal("a place that was left is not given to anybody")
		}
	}
	w.pid = stopped
	w.Stop()
	if text := open[1].line(t, "data: "); text != "" {
		t.Errorf("a stream ends with %q", text)
	}
	if strings.Contains(w.Stderr(), "cut off") {
		t.Error("the stop waited for the streams")
	}
}

// TestExportIsOneWholeFile in both forms; ASVS 1.2.10: no spreadsheet runs what a stranger sent.
func TestExportIsOneWholeFile(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	for _, agent := range []string{`=HYPERLINK("http://evil.example")`, "+1", "-1", "@SUM(A1)", `plain, with "quotes"`} {
		c := w.program()
		c.agent = agent
		c.login(t, "nobody@example.com", wrong)
	}
	const path = "/api/v1/admin/audit/export?user=NOBODY@example.com&format="
	a := admin.do(t, "GET", path+"csv", nil)
	a.want(t, http.StatusOK, "")
	if d := a.header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment;") || !strings.HasSuffix(d, `.csv"`) {
		t.Errorf("Content-Disposition: %s", d)
	}
	rows, err := csv.NewReader(strings.NewReader(string(a.body))).ReadAll()
	if err != nil || len(rows) != 6 || rows[0][0] != "id" || !strings.Contains(string(a.body), "\r\n") {
		t.Fatalf("%d rows, %v: %s", len(rows), err, a.body)
	}
	at := 0
	for i, name := range rows[0] {
		if name == "user_agent" {
			at = i
		}
	}
	var agents []string
	for _, r := range rows[1:] {
		agents = append(agents, r[at])
	}
	want := []string{`plain, with "quotes"`, "'@SUM(A1)", "'-1", "'+1", `'=HYPERLINK("http://evil.example")`} // newest first
	if strings.Join(agents, "|") != strings.Join(want, "|") {
		t.Errorf("the cells are %q", agents)
	}

	a = admin.do(t, "GET", path+"jsonl", nil)
	lines := strings.Split(strings.TrimSuffix(string(a.body), "\n"), "\n")
	if len(lines) != 5 {
		t.Fatalf("%d lines: %s", len(lines), a.body)
	}
	for _, line := range lines {
		var r auditRow
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.Address != "nobody@example.com" {
			t.Errorf("%v: %s", err, line)
		}
	}
	admin.do(t, "GET", path+"xlsx", nil).want(t, http.StatusUnprocessableEntity, "validation_failed")
	admin.do(t, "GET", "/api/v1/admin/audit?event=nonsense", nil).want(t, http.StatusUnprocessableEntity, "validation_failed")
}
