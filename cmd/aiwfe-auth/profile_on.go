//go:build profile

package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"syscall"
)

// profiling writes CPU profiles into the folder of AIWFE_PROFILE_DIR: SIGUSR1 begins one, SIGUSR2 ends it. It opens no port,
// and is in no release: what a profile tells is nobody's business but the host's.
func profiling() {
	folder := os.Getenv("AIWFE_PROFILE_DIR")
	if folder == "" {
		return
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGUSR2)
	go func() {
		n := 0
		var file *os.File
		for s := range signals {
			switch {
			case s == syscall.SIGUSR1 && file == nil:
				n++
				var err error
				if file, err = os.Create(filepath.Join(folder, fmt.Sprintf("%d-%d.pprof", os.Getpid(), n))); err == nil {
					err = pprof.StartCPUProfile(file)
				}
				if err != nil {
					fmt.Fprintln(os.Stderr, "no profile:", err)
				}
			case s == syscall.SIGUSR2 && file != nil:
				pprof.StopCPUProfile()
				_ = file.Close()
				file = nil
			}
		}
	}()
}
