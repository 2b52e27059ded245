package password

import (
	"runtime"
	"sync"
)

// threads run the hashes: as many threads of the operating system as there are
// workers, each of lower priority than the rest of the program. A request that
// comes in while all processors hash is then let in at once, where it would else
// wait for the end of a slice of time; and processors that nobody else wants are
// theirs all the same.
type threads struct {
	start func()
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
	t := &threads{tasks: make(chan task), quit: make(chan struct{})}
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
			j.done <- caught(j.run)
		case <-t.quit:
			return
		}
	}
}

func caught(run func()) (panicked any) {
	defer func() { panicked = recover() }()
	run()
	return nil
}

// do runs on one of the threads and comes back when it is done. A panic goes on
// in the caller, whose request it is.
func (t *threads) do(run func()) {
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
