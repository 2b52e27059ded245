// Package version knows which build of the program this is.
package version

import "runtime/debug"

// release is set by the linker: -X .../internal/version.release=1.2.3.
var release = "dev"

// DoctorsAgent begins the User-Agent of the doctor's own questions, many of
// which are refused on purpose.
const DoctorsAgent = "aiwfe-auth-doctor/"

// String is the release, or "dev" with the commit it was built from.
func String() string {
	if release != "dev" {
		return release
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				return "dev-" + s.Value[:12]
			}
		}
	}
	return release
}
