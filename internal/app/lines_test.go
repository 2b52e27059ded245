package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/config"
)

// sink takes what is written while it is open, fails while it is broken, and
// tells of each write.
type sink struct {
	mu     sync.Mutex
	got    bytes.Buffer
	broken bool
	gate   sync.Mutex
	wrote  chan struct{}
}

func newSink() *sink { return &sink{wrote: make(chan struct{}, 1)} }

func (s *sink) Write(b []byte) (int, error) {
	s.gate.Lock()
	defer s.gate.Unlock()
	defer poke(s.wrote)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return 0, errors.New("broken pipe")
	}
	return s.got.Write(b)
}

func (s *sink) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got.String()
}

func (s *sink) set(broken bool) {
	s.mu.Lock()
	s.broken = broken
	s.mu.Unlock()
}

// until waits for the sink to be written to until it holds.
func (s *sink) until(t *testing.T, holds func() bool) {
	t.Helper()
	for !holds() {
		select {
		case <-s.wrote:
		case <-time.After(10 * time.Second):
			t.Fatalf("nothing is written any more: %s", s.text())
		}
	}
}

func TestEveryLineIsWrittenWholeAndInOrder(t *testing.T) {
	s := newSink()
	l := newLines(s)
	const each = 3000
	var all sync.WaitGroup
	for who := range 4 {
		all.Go(func() {
			for i := range each {
				fmt.Fprintf(l, "%d %d\n", who, i)
			}
		})
	}
	all.Wait()
	l.Close()
	next := map[int]int{}
	for line := range strings.Lines(s.text()) {
		var who, i int
		if _, err := fmt.Sscanf(line, "%d %d\n", &who, &i); err != nil || next[who] != i {
			t.Fatalf("%q, want line %d: %v", line, next[who], err)
		}
		next[who]++
	}
	for who := range 4 {
		if next[who] != each {
			t.Errorf("%d lines of %d", next[who], who)
		}
	}
	if fmt.Fprint(l, "late\n"); !strings.HasSuffix(s.text(), "late\n") {
		t.Error("what is told after the end is lost")
	}
}

func TestALoneLineDoesNotWait(t *testing.T) {
	s := newSink()
	l := newLines(s)
	defer l.Close()
	for _, line := range []string{"one\n", "two\n"} {
		_, _ = io.WriteString(l, line)
		s.until(t, func() bool { return strings.HasSuffix(s.text(), line) })
	}
}

// A reader of the log that stands still holds nobody, and the log says later
// how much of it is missing.
func TestAReaderThatStandsStillHoldsNobody(t *testing.T) {
	s := newSink()
	l := newLines(s)
	s.gate.Lock()
	line := strings.Repeat("x", 1023) + "\n"
	const count = 4 * linesMost / 1024
	for range count { // would never end
		_, _ = io.WriteString(l, line)
	}
	lost := l.Lost()
	if lost < count/2 {
		t.Fatalf("%d of %d lines were dropped: the rest is in memory", lost, count)
	}
	s.gate.Unlock()
	l.Close()
	told := 0
	for _, m := range regexp.MustCompile(`"lines":(\d+)}`).FindAllStringSubmatch(s.text(), -1) {
		n, _ := strconv.Atoi(m[1])
		told += n
	}
	if int64(told) != lost || int64(strings.Count(s.text(), line)) != count-lost {
		t.Errorf("the log tells of %d lines of %d that were dropped, and has %d of %d", told, lost, strings.Count(s.text(), line), count)
	}
}

func TestAReaderThatWasAwayIsToldOfIt(t *testing.T) {
	s := newSink()
	s.set(true)
	l := newLines(s)
	_, _ = io.WriteString(l, "one\ntwo\n")
	s.until(t, func() bool { return l.Lost() == 2 })
	s.set(false)
	_, _ = io.WriteString(l, "three\n")
	l.Close()
	if got := s.text(); !strings.HasPrefix(got, "three\n") || !strings.Contains(got, `"lines":2}`) {
		t.Error(got)
	}
}

func TestAReaderThatNeverReadsEndsWithTheProgram(t *testing.T) {
	t.Parallel()
	s := newSink()
	l := newLines(s)
	s.gate.Lock()
	defer s.gate.Unlock()
	_, _ = io.WriteString(l, "one\n")
	l.Close() // would never end
	_, _ = io.WriteString(l, "two\n")
	if l.Lost() == 0 {
		t.Error("who writes after the end is held, or not counted")
	}
}

func TestServerLogIsGatheredForMachinesOnly(t *testing.T) {
	for format, gathered := range map[string]bool{"json": true, "text": false} {
		s := newSink()
		log, stop := NewServerLog(s, &config.Config{LogFormat: format})
		if (linesOf(log) != nil) != gathered || (linesOf(slog.New(log.With("a", 1).WithGroup("g").Handler())) != nil) != gathered {
			t.Errorf("%s: %v", format, linesOf(log))
		}
		log.With("a", 1).WithGroup("g").Error("at once")
		if gathered {
			s.until(t, func() bool { return strings.Contains(s.text(), `"msg":"at once","a":1`) })
		}
		stop()
		if strings.Count(s.text(), "at once") != 1 {
			t.Error(s.text())
		}
	}
}
