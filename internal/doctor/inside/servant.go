package inside

import (
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// servant is the user who runs the server: who listens at LISTEN_ADDR now, and
// else who owns the folder that it keeps its things in. running says which.
func (in *inside) servant() (uid uint32, running, known bool) {
	if in.Serving {
		return uint32(os.Geteuid()), true, true
	}
	if port, err := strconv.ParseUint(portOf(in.cfg.ListenAddr), 10, 16); err == nil {
		for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
			if text, err := os.ReadFile(table); err == nil {
				if uid, found := listener(string(text), uint16(port)); found {
					return uid, true, true
				}
			}
		}
	}
	for _, path := range append(in.kept(in.cfg.DataDir), in.sqlitePath(), in.cfg.DataDir) {
		if info, err := os.Stat(path); path != "" && err == nil {
			return owner(info), false, true
		}
	}
	return uint32(os.Geteuid()), false, os.Geteuid() != 0
}

// listener finds the user of the socket that listens on a port, in a table of
// /proc/net: sl, local address, remote address, state, ..., uid.
func listener(table string, port uint16) (uid uint32, found bool) {
	end := fmt.Sprintf(":%04X", port)
	for line := range strings.SplitSeq(table, "\n") {
		fields := strings.Fields(line)
		if len(fields) < 8 || !strings.HasSuffix(fields[1], end) || fields[3] != "0A" {
			continue
		}
		n, err := strconv.ParseUint(fields[7], 10, 32)
		return uint32(n), err == nil
	}
	return 0, false
}

func owner(info fs.FileInfo) uint32 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Uid
	}
	return 0
}
