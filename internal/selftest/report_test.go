package selftest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// memory keeps reports as the store does, without its bounds.
type memory struct {
	list  []Report
	taken int // so many codes are taken
	err   error
}

func (m *memory) KeepReport(_ context.Context, r Report, _ Bounds) (string, error) {
	if m.taken > 0 {
		m.taken--
		return "", ErrCodeTaken
	}
	for _, one := range m.list {
		if string(one.Tally) == string(r.Tally) {
			return one.Code, m.err
		}
	}
	m.list = append(m.list, r)
	return r.Code, m.err
}

func (m *memory) Report(context.Context, string) (Report, bool, error) { return Report{}, false, m.err }
func (m *memory) Reports(context.Context, int) ([]Report, error)       { return m.list, m.err }

func service(t *testing.T, m *memory, now *time.Time) *Service {
	t.Helper()
	s, err := New(Options{Store: m, Now: func() time.Time { return *now }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var blocked = []Finding{{"cookies_blocked", "seen"}}

func TestSameFindingOfTheSameBrowserIsOneReportADay(t *testing.T) {
	now, m := noon, &memory{}
	s := service(t, m, &now)
	file := func(found []Finding, agent, network string) string {
		return s.File(t.Context(), found, "/login", audit.Client{UserAgent: agent}, network)
	}
	first := file(blocked, "Firefox", "192.0.2.1")
	for name, c := range map[string]struct {
		code string
		same bool
	}{
		"once more":       {file(blocked, "Firefox", "192.0.2.1"), true},
		"other evidence":  {file([]Finding{{"cookies_blocked", "other"}}, "Firefox", "192.0.2.1"), true},
		"another browser": {file(blocked, "Chrome", "192.0.2.1"), false},
		"another network": {file(blocked, "Firefox", "192.0.2.2"), false},
		"another cause":   {file([]Finding{{"cache_serves_auth", "seen"}}, "Firefox", "192.0.2.1"), false},
	} {
		if (c.code == first) != c.same || c.code == "" {
			t.Errorf("%s: %q, and the first is %q", name, c.code, first)
		}
	}
	now = now.Add(24 * time.Hour)
	if code := file(blocked, "Firefox", "192.0.2.1"); code == first || code == "" {
		t.Errorf("a day later it is %q", code)
	}
	if code := file(nil, "Firefox", "192.0.2.1"); code != "" {
		t.Errorf("nothing found is kept as %q", code)
	}
}

func TestStrangersCannotKeepTheDatabaseBusy(t *testing.T) {
	now, m := noon, &memory{}
	s := service(t, m, &now)
	kept := 0
	for i := range 10 * ofNetwork {
		if s.File(t.Context(), blocked, "/login", audit.Client{UserAgent: fmt.Sprint("agent ", i)}, "192.0.2.1") != "" {
			kept++
		}
	}
	if kept != ofNetwork {
		t.Errorf("%d of one network are written in a minute", kept)
	}
	for i := range 10 * ofAll {
		if s.File(t.Context(), blocked, "/login", audit.Client{}, fmt.Sprint("network ", i)) != "" {
			kept++
		}
	}
	if kept != ofAll {
		t.Errorf("%d are written in a minute", kept)
	}
	now = now.Add(time.Minute)
	s.Sweep(now)
	if s.File(t.Context(), blocked, "/login", audit.Client{}, "192.0.2.1") == "" {
		t.Error("a minute later none is written")
	}
}

func TestPageDoesNotFailWithItsReport(t *testing.T) {
	now := noon
	for name, m := range map[string]*memory{"no database": {err: errors.New("down")}, "every code is taken": {taken: 99}} {
		if code := service(t, m, &now).File(t.Context(), blocked, "/login", audit.Client{}, "192.0.2.1"); code != "" {
			t.Errorf("%s: %q", name, code)
		}
	}
	if code := service(t, &memory{taken: 3}, &now).File(t.Context(), blocked, "/login", audit.Client{}, "x"); len(code) != codeLength {
		t.Errorf("after three codes that are taken: %q", code)
	}
}

func TestReportIsToldAndExplained(t *testing.T) {
	r := Report{
		Code: "ABC234", At: noon, Last: noon.Add(time.Hour), Count: 2, Page: "/login",
		Findings: []Finding{{"cookies_blocked", "none came"}, {"browser_clock_off", "an hour"}, {"of_another_version", "x"}},
		Client:   audit.Client{IP: "192.0.2.1", UserAgent: "Firefox\x1b[2J", RequestID: "r1"},
	}
	x := r.Explained()
	if x.Verdict.Cause != "cookies_blocked" || x.Verdict.Title == "" || x.Verdict.Remedy == "" || x.Verdict.Docs == "" {
		t.Errorf("explained as %+v", x.Verdict)
	}
	for _, part := range []string{"none came", "also browser_clock_off:\nan hour", "also of_another_version:", "192.0.2.1", "request r1", "13:00:00Z"} {
		if !strings.Contains(x.Verdict.Evidence, part) {
			t.Errorf("the evidence lacks %q:\n%s", part, x.Verdict.Evidence)
		}
	}
	if strings.Contains(x.Verdict.Evidence, "\x1b") {
		t.Error("the evidence moves the cursor")
	}
	told := r.Told()
	if len(told.Findings) != 3 || told.Findings[0].Code != "cookies_blocked" || told.Findings[2].Title != "" || told.Count != 2 {
		t.Errorf("told as %+v", told)
	}
	if x := (&Report{Code: "ABC234"}).Explained(); x.Verdict.Cause != "" {
		t.Errorf("nothing is explained as %+v", x)
	}
}
