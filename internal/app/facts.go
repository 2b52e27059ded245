package app

import (
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/version"
)

// buildFacts is what the program is made of.
func buildFacts() map[string]any {
	facts := map[string]any{"version": version.String(), "go": runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return facts
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	modules := map[string]string{}
	for _, m := range info.Deps {
		modules[m.Path] = m.Version
	}
	facts["settings"], facts["modules"] = settings, modules
	return facts
}

// machineFacts is what it runs on. A file that is not there is left out: each
// system has only some of them.
func machineFacts(cfg *config.Config) map[string]any {
	facts := map[string]any{
		"os": runtime.GOOS, "arch": runtime.GOARCH, "processors": runtime.NumCPU(), "used": runtime.GOMAXPROCS(0),
		"root": os.Geteuid() == 0, "data_dir": cfg.DataDir,
	}
	for name, file := range map[string]string{
		"kernel": "/proc/sys/kernel/osrelease", "memory_limit": "/sys/fs/cgroup/memory.max",
		"memory_used": "/sys/fs/cgroup/memory.current", "processor_limit": "/sys/fs/cgroup/cpu.max",
		"processes_limit": "/sys/fs/cgroup/pids.max", "load": "/proc/loadavg",
		"memory_limit_v1": "/sys/fs/cgroup/memory/memory.limit_in_bytes",
	} {
		if text, err := os.ReadFile(file); err == nil { //nolint:gosec // one of the list above
			facts[name] = strings.TrimSpace(string(text))
		}
	}
	_, err := os.Stat("/.dockerenv")
	facts["docker"] = err == nil
	return facts
}
