package password

import (
	"testing"

	"golang.org/x/sys/unix"
)

// lowered says whether the calling thread has stepped back.
func lowered(t *testing.T) bool {
	t.Helper()
	n, err := unix.Getpriority(unix.PRIO_PROCESS, unix.Gettid())
	if err != nil {
		t.Error(err)
	}
	return 20-n == niceness // the kernel answers with 20 less the niceness
}
