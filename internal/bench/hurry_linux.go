package bench

import (
	"os"
	"strconv"
	"syscall"
)

// hurry lets the generator go before others where the system allows it, so that what it waits for a processor is not
// charged to the server. It gives what ends that.
func hurry() (calm func()) {
	if !nice(-10) {
		return func() {}
	}
	return func() { nice(0) }
}

// nice sets the priority of all threads; those that are made later have that of the one that makes them.
func nice(level int) bool {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return false
	}
	ok := true
	for _, t := range threads {
		if id, err := strconv.Atoi(t.Name()); err == nil {
			ok = syscall.Setpriority(syscall.PRIO_PROCESS, id, level) == nil && ok
		}
	}
	return ok
}
