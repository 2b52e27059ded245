package inside

// Disk is a file system as it is now.
type Disk struct {
	// Network names it when it is one of another machine: "nfs", "cifs".
	Network  string
	ReadOnly bool
	// Size and Free are bytes, Files and FilesFree names that there may be; a
	// file system without a limit on names says 0.
	Size, Free, Files, FilesFree uint64
}

// DiskOf asks the system about the file system that a path lies in.
func DiskOf(path string) (Disk, error) { return statDisk(path) }
