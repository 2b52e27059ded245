package inside

import (
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Where a node runs: the machine, by the id that its kernel makes at boot, the
// room of process ids in it, and the process.
const (
	placeMachine = "~machine"
	placeRoom    = "~room"
	placePID     = "~pid"
)

// Place is told beside the marks. Two nodes on one machine may share a file
// that two machines may not, and a process that is gone is told from one that
// merely keeps quiet.
func Place() map[string]string {
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	room, _ := os.Readlink("/proc/self/ns/pid")
	place := map[string]string{placePID: strconv.Itoa(os.Getpid())}
	if len(boot) > 0 {
		place[placeMachine] = secret.FromString(strings.TrimSpace(string(boot))).Fingerprint()
	}
	if room != "" {
		place[placeRoom] = room
	}
	return place
}

// process looks whether the process of a node is there. It can be told from the
// same room of process ids alone.
func process(marks map[string]string) (alive, known bool) {
	here := Place()
	if here[placeMachine] == "" || here[placeRoom] == "" ||
		here[placeMachine] != marks[placeMachine] || here[placeRoom] != marks[placeRoom] {
		return false, false
	}
	pid, err := strconv.Atoi(marks[placePID])
	if err != nil || pid <= 0 {
		return false, false
	}
	return syscall.Kill(pid, 0) != syscall.ESRCH, true
}
