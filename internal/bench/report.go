package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// Report is a whole run.
type Report struct {
	At      time.Time `json:"at"`
	Machine Machine   `json:"machine"`
	Rows    []Row     `json:"rows"`
}

// Machine is what was measured on.
type Machine struct {
	Processors int    `json:"processors"`
	Processor  string `json:"processor"`
	MemoryMiB  int    `json:"memory_mib"`
	Kernel     string `json:"kernel"`
	Go         string `json:"go"`
}

// ThisMachine reads what the system tells of itself; what it does not tell stays empty.
func ThisMachine() Machine {
	m := Machine{Processors: runtime.NumCPU(), Go: runtime.Version()}
	info, _ := os.ReadFile("/proc/cpuinfo")
	for l := range strings.SplitSeq(string(info), "\n") {
		if name, value, ok := strings.Cut(l, ":"); ok && strings.TrimSpace(name) == "model name" {
			m.Processor = strings.TrimSpace(value)
			break
		}
	}
	memory, _ := os.ReadFile("/proc/meminfo")
	var kb int
	if _, err := fmt.Sscanf(string(memory), "MemTotal: %d kB", &kb); err == nil {
		m.MemoryMiB = kb / 1024
	}
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	m.Kernel = strings.TrimSpace(string(kernel))
	return m
}

// String is one line about it.
func (m Machine) String() string {
	return fmt.Sprintf("%d processors (%s), %d GiB, Linux %s, %s", m.Processors, m.Processor, (m.MemoryMiB+512)/1024, m.Kernel, m.Go)
}

// Table is the rows in Markdown.
func (r Report) Table() string {
	var b strings.Builder
	b.WriteString(Head)
	for _, row := range r.Rows {
		b.WriteString(row.String() + "\n")
	}
	return b.String()
}

// JSON is the whole report.
func (r Report) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(r, "", "  ")
	return append(text, '\n'), err
}
