package app

import (
	"errors"
	"math"
	"syscall"
)

// userTimeout is TCP_USER_TIMEOUT of linux/tcp.h: for so long an answer may
// stand in the buffers of the system before its connection is given up. A small
// answer goes there whole, where no deadline of ours sees that nobody reads it.
const userTimeout = 0x12

func socket(_, _ string, raw syscall.RawConn) error {
	var set error
	err := raw.Control(func(fd uintptr) {
		set = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, userTimeout, int(stall.Milliseconds()))
	})
	return errors.Join(err, set)
}

// descriptors is how many files this process may have open.
func descriptors() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return math.MaxInt32
	}
	return int(min(limit.Cur, math.MaxInt32))
}
