package app

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// filesEvery is how often the files of the configuration are looked at.
const filesEvery = 500 * time.Millisecond

// watched sees that files were changed. A file that is being written is left
// alone until it was the same at two looks: half of a configuration may well be
// one without a fault.
type watched struct {
	mu          sync.Mutex
	taken, last string
}

// took notes the files as they are now, before they are read.
func (w *watched) took(files []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.taken = stampOf(files)
	w.last = w.taken
}

// differ says whether they are others than those that were read last.
func (w *watched) differ(files []string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return stampOf(files) != w.taken
}

// changed says so too, of files that nobody is just writing.
func (w *watched) changed(files []string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := stampOf(files)
	steady := now == w.last
	w.last = now
	return steady && now != w.taken
}

// stampOf is another text when a file is: a link that leads elsewhere counts,
// as platforms exchange secrets by one.
func stampOf(files []string) string {
	var b strings.Builder
	for _, name := range files {
		info, err := os.Stat(name)
		if err != nil {
			fmt.Fprintf(&b, "%s is not there\n", name)
			continue
		}
		fmt.Fprintf(&b, "%s %d %d %s\n", name, info.Size(), info.ModTime().UnixNano(), info.Mode())
	}
	return b.String()
}
