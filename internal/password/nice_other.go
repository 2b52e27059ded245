//go:build !linux

package password

import "time"

// stepBack does nothing: elsewhere a priority is the whole program's.
func stepBack() {}

// Without priorities nobody is kept from anything by ours.
func threadTime() time.Duration  { return 0 }
func programTime() time.Duration { return 0 }
