package password

import "time"

// spending is what a hash took: time that went by, and time on processors, of
// its own thread and of the whole program meanwhile.
type spending struct{ wall, thread, program time.Duration }

// measured runs on the calling thread, which must be locked.
func measured(run func()) spending {
	began, thread, program := time.Now(), threadTime(), programTime()
	run()
	return spending{time.Since(began), threadTime() - thread, programTime() - program}
}

// keptByStrangers says whether a hash had less than a quarter of a processor
// although this program left others more than half of all there are. Where the
// program itself takes them, its requests should come first, as they do. Once it
// is so, it stays until there is half a processor: with ordinary priority a
// hash gets more, and would else be kept again as soon as it steps back.
func (s spending) keptByStrangers(processors int, already bool) bool {
	part := time.Duration(4)
	if already {
		part = 2
	}
	return s.thread > 0 && s.wall > part*s.thread && s.program < s.wall*time.Duration(processors)/2
}
