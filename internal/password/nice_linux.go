package password

import "golang.org/x/sys/unix"

// niceness of the threads that hash, of 0 to 19: measured, 5 is too little for a
// request to be let in at once, and at 19 another program that works on the same
// processors would leave next to nothing for those who sign in.
const niceness = 10

// stepBack lowers the priority of the calling thread. Linux keeps one for each
// thread. Where it is not allowed, hashes run as everything else does.
func stepBack() { _ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), niceness) }
