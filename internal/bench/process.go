package bench

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Usage is what a process has used of the processors until a moment. The scheduler counts nanoseconds for each thread
// that lives; the process's own count has ticks of 10 ms and knows the threads that ended too.
type Usage struct {
	threads map[string]time.Duration
	ticks   time.Duration
}

// UsageOf reads the usage of a process from /proc.
func UsageOf(pid int) (Usage, error) {
	folder := filepath.Join("/proc", strconv.Itoa(pid))
	u := Usage{threads: map[string]time.Duration{}}
	names, _ := filepath.Glob(filepath.Join(folder, "task", "*", "schedstat"))
	for _, name := range names {
		var ns int64
		if text, err := os.ReadFile(name); err == nil {
			if _, err := fmt.Sscan(string(text), &ns); err == nil {
				u.threads[name] = time.Duration(ns)
			}
		}
	}
	text, err := os.ReadFile(filepath.Join(folder, "stat"))
	if err != nil {
		return u, fmt.Errorf("the CPU of process %d cannot be read: %w", pid, err)
	}
	// The name of the program may hold blanks: the fields are counted from behind it.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 13 {
		return u, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	for _, f := range fields[11:13] { // user and system
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return u, err
		}
		u.ticks += time.Duration(n) * 10 * time.Millisecond
	}
	return u, nil
}

// Since is what was used after an earlier moment.
func (u Usage) Since(before Usage) time.Duration {
	var sum time.Duration
	for name, ns := range u.threads {
		sum += ns - before.threads[name]
	}
	for name := range before.threads {
		if _, lives := u.threads[name]; !lives || len(u.threads) == 0 {
			return u.ticks - before.ticks
		}
	}
	if len(u.threads) == 0 {
		return u.ticks - before.ticks
	}
	return sum
}

// Family is a process and all that descend from it.
func Family(pid int) []int {
	parents := map[int][]int{}
	names, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		var child, parent int
		var state string
		if _, err := fmt.Sscan(string(text), &child); err != nil {
			continue
		}
		if _, err := fmt.Sscan(string(text[strings.LastIndexByte(string(text), ')')+1:]), &state, &parent); err == nil {
			parents[parent] = append(parents[parent], child)
		}
	}
	all := []int{pid}
	for i := 0; i < len(all); i++ {
		all = append(all, parents[all[i]]...)
	}
	return all
}

// Families are several.
func Families(pids ...int) (all []int) {
	for _, pid := range pids {
		all = append(all, Family(pid)...)
	}
	return all
}

// UsageOfAll is the usage of several processes in one.
func UsageOfAll(pids ...int) (Usage, error) {
	sum := Usage{threads: map[string]time.Duration{}}
	for _, pid := range pids {
		u, err := UsageOf(pid)
		if err != nil {
			continue // a helper of a database may end at any time
		}
		maps.Copy(sum.threads, u.threads)
		sum.ticks += u.ticks
	}
	if len(sum.threads) == 0 && sum.ticks == 0 {
		return sum, fmt.Errorf("none of the processes %v could be read", pids)
	}
	return sum, nil
}

// PSS is the memory of a process in MiB, pages that it shares divided among those who share them.
func PSS(pid int) (float64, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "smaps_rollup"))
	if err != nil {
		return 0, fmt.Errorf("the memory of process %d cannot be read: %w", pid, err)
	}
	for l := range strings.SplitSeq(string(text), "\n") {
		if f := strings.Fields(l); len(f) == 3 && f[0] == "Pss:" {
			kb, err := strconv.ParseFloat(f[1], 64)
			return kb / 1024, err
		}
	}
	return 0, fmt.Errorf("/proc/%d/smaps_rollup names no Pss", pid)
}
