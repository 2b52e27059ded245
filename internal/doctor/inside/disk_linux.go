package inside

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// networks are the file systems of other machines, by the number that statfs
// gives (linux/magic.h).
var networks = map[uint32]string{
	0x6969: "nfs", 0xFF534D42: "cifs", 0xFE534D42: "smb", 0x517B: "smb", 0x00C36400: "ceph", 0x0BD00BD0: "lustre", 0x5346414F: "afs",
	0x73757245: "coda", 0x786F4256: "vboxsf", 0x47504653: "gpfs", 0x19830326: "fhgfs",
}

const (
	magicFuse = 0x65735546
	flagRO    = 1 // ST_RDONLY
)

// statDisk asks the system.
func statDisk(path string) (Disk, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return Disk{}, err
	}
	block := uint64(max(s.Frsize, s.Bsize, 1))
	if s.Frsize > 0 {
		block = uint64(s.Frsize)
	}
	d := Disk{
		ReadOnly:  s.Flags&flagRO != 0,
		Size:      s.Blocks * block,
		Free:      s.Bavail * block,
		Files:     s.Files,
		FilesFree: s.Ffree,
		Network:   networks[uint32(s.Type)],
	}
	if uint32(s.Type) == magicFuse {
		d.Network = fuse(path)
	}
	return d, nil
}

// remote are the programs behind FUSE that keep files on another machine; many
// others keep them on a disk of this one.
var remote = []string{
	"sshfs", "s3fs", "rclone", "gluster", "gcsfuse", "ceph", "davfs",
	"goofys", "juicefs", "nfs", "smb", "curlftpfs", "seaweedfs", "grpcfuse",
}

// fuse names what is behind FUSE by the mount that the path lies in.
func fuse(path string) string {
	f, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	abs, err := filepath.EvalSymlinks(path)
	if err != nil {
		return ""
	}
	best, kind := "", ""
	for lines := bufio.NewScanner(f); lines.Scan(); {
		before, after, ok := strings.Cut(lines.Text(), " - ")
		fields, types := strings.Fields(before), strings.Fields(after)
		if !ok || len(fields) < 5 || len(types) < 1 {
			continue
		}
		if at := fields[4]; len(at) >= len(best) && (abs == at || strings.HasPrefix(abs, strings.TrimSuffix(at, "/")+"/")) {
			best, kind = at, types[0]
		}
	}
	for _, name := range remote {
		if strings.Contains(kind, name) {
			return kind
		}
	}
	return ""
}
