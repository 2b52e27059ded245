package httpapi

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// shelf holds the numbers of rows that have committed.
type shelf struct {
	ids []int64
	err error
}

func (s *shelf) AuditRows(_ context.Context, q audit.Query) (list []audit.Row, err error) {
	slices.Sort(s.ids)
	for _, id := range s.ids {
		if id > q.After && len(list) < q.Limit {
			list = append(list, audit.Row{ID: id})
		}
	}
	return list, s.err
}

func numbers(t *testing.T, tail *tail, now time.Time) (ids []int64) {
	t.Helper()
	rows, err := tail.next(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids
}

// TestRowThatCommitsLateIsNotMissed: PostgreSQL numbers rows before they commit.
func TestRowThatCommitsLateIsNotMissed(t *testing.T) {
	s := &shelf{ids: []int64{1, 2, 3}}
	tail := newTail(s, audit.Query{After: 2})
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		commit []int64
		want   []int64
	}{
		{nil, []int64{3}},
		{[]int64{5}, []int64{5}},
		{[]int64{4}, []int64{4}}, // numbered before 5, committed after
		{nil, nil},
		{[]int64{6}, []int64{6}},
	} {
		s.ids = append(s.ids, step.commit...)
		if diff := cmp.Diff(step.want, numbers(t, tail, now)); diff != "" {
			t.Errorf("after %v (-want +got):\n%s", step.commit, diff)
		}
		now = now.Add(time.Second)
	}
	if tail.newest != 6 {
		t.Errorf("the stream has come to %d", tail.newest)
	}
	for range 10 {
		numbers(t, tail, now)
		now = now.Add(time.Second)
	}
	if tail.query.After != 6 || len(tail.seen) != 0 {
		t.Errorf("after a while it still reads from %d and remembers %d rows", tail.query.After, len(tail.seen))
	}
}

// TestLongWayIsGoneInSteps: a client may ask to begin a year ago.
func TestLongWayIsGoneInSteps(t *testing.T) {
	s := &shelf{}
	for id := range int64(3500) {
		s.ids = append(s.ids, id+1)
	}
	tail := newTail(s, audit.Query{After: 1})
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	var all []int64
	for range 10 {
		got := numbers(t, tail, now)
		if len(got) > tailMost+tailBatch {
			t.Errorf("%d rows at once", len(got))
		}
		all = append(all, got...)
		now = now.Add(time.Second)
	}
	if len(all) != 3499 || !slices.IsSorted(all) {
		t.Errorf("%d rows, in order %v", len(all), slices.IsSorted(all))
	}
	s.err = errors.New("away")
	if _, err := tail.next(t.Context(), now); err == nil {
		t.Error("a database that is away reads as nothing new")
	}
}

func TestCellsThatASpreadsheetWouldRunAreInert(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "ada": "ada", "a=b": "a=b", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\t=1": "'\t=1", "\r=1": "'\r=1", "'=1": "'=1",
		"\xff=1": "\xff=1", "＝1+1": "'＝1+1", "\n=1": "'\n=1",
	} {
		if got := inert(in); got != want {
			t.Errorf("%q becomes %q", in, got)
		}
	}
	text, err := csvRows([]api.AuditRow{{ID: 7, Address: `=HYPERLINK("x")`, UserAgent: "a\r\nb", Count: 1}}, true)
	if err != nil || !strings.Contains(string(text), `"'=HYPERLINK(""x"")"`) || strings.Count(string(text), ",") != 34 {
		t.Errorf("%v: %q", err, text)
	}
}
