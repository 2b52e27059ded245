package password

import (
	"time"

	"golang.org/x/sys/unix"
)

// niceness of the threads that hash, of 0 to 19: measured, 5 is too little for a
// request to be let in at once, and at 19 another program that works on the same
// processors would leave next to nothing for those who sign in.
const niceness = 10

// stepBack lowers the priority of the calling thread. Linux keeps one for each
// thread. Where it is not allowed, hashes run as everything else does.
func stepBack() { _ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), niceness) }

// threadTime is what the calling thread has had of the processors.
func threadTime() time.Duration { return spent(unix.RUSAGE_THREAD) }

// programTime is what all threads of this program have had.
func programTime() time.Duration { return spent(unix.RUSAGE_SELF) }

func spent(who int) time.Duration {
	var u unix.Rusage
	if unix.Getrusage(who, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
