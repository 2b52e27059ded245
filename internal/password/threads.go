package password

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// threads run the hashes: as many threads of the operating system as there are
// workers, each of lower priority than the rest of the program. A request that
// comes in while all processors hash is then let in at once, where it would else
// wait for the end of a slice of time; and processors that nobody else wants are
// theirs all the same.
//
// That is manners towards our own requests. Towards another program that wants
// the processors it would be too much of it: where one leaves the hashes next to
// nothing, they run on threads of ordinary priority, until it has gone.
type threads struct {
	start func()
	// measure runs a hash and says what it took.
	measure func(run func()) spending
	// kept says whether strangers kept the last hash from the processors.
	kept  atomic.Bool
	tasks chan task
	quit  chan struct{}
	end   func()
}

type task struct {
	run func()
	// done is told what run panicked with, nil for nothing.
	done chan any
}

func newThreads(n int) *threads {
	t := &threads{measure: measured, tasks: make(chan task), quit: make(chan struct{})}
	t.end = sync.OnceFunc(func() { close(t.quit) })
	t.start = sync.OnceFunc(func() { // most commands hash nothing
		for range n {
			go t.work()
		}
	})
	return t
}

// work never unlocks its thread: a priority that was lowered cannot be raised
// again without privilege, so the thread ends with the goroutine.
func (t *threads) work() {
	runtime.LockOSThread()
	stepBack()
	for {
		select {
		case j := <-t.tasks:
			j.done <- caught(func() { t.judge(j.run) })
		case <-t.quit:
			return
		}
	}
}

func (t *threads) judge(run func()) {
	t.kept.Store(t.measure(run).keptByStrangers(runtime.NumCPU(), t.kept.Load()))
}

func caught(run func()) (panicked any) {
	defer func() { panicked = recover() }()
	run()
	return nil
}

// do runs on one of the threads and comes back when it is done. A panic goes on
// in the caller, whose request it is.
func (t *threads) do(run func()) {
	if t.kept.Load() {
		runtime.LockOSThread() // so that what is measured is this hash's
		defer runtime.UnlockOSThread()
		t.judge(run)
		return
	}
	t.start()
	done := make(chan any, 1)
	select {
	case t.tasks <- task{run, done}:
	case <-t.quit:
		run()
		return
	}
	if p := <-done; p != nil {
		panic(p)
	}
}
