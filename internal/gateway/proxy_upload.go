package gateway

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// uploadPause is how long a client may send nothing of a body that the application
// waits for. The whole may take as long as it likes.
const uploadPause = time.Minute

// stalled is the reason then.
const stalled = "body_stalled"

// upload is the body of a request on its way to an application. It remembers
// when the client broke it off, which is no fault of the application's.
type upload struct {
	io.ReadCloser
	deadline func(time.Time) error
	pause    time.Duration

	mu   sync.Mutex
	over bool
	err  error
}

// Read gives the client a while for each piece.
func (u *upload) Read(to []byte) (int, error) {
	u.until(time.Now().Add(u.pause))
	n, err := u.ReadCloser.Read(to)
	if err != nil {
		u.until(time.Time{}) // what is read next is not of the body
	}
	if err != nil && err != io.EOF {
		u.mu.Lock()
		u.err = err
		u.mu.Unlock()
	}
	return n, err
}

func (u *upload) until(at time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.over {
		_ = u.deadline(at)
	}
}

// end sets no more deadlines: another request may come on the connection.
func (u *upload) end() {
	if u == nil {
		return
	}
	u.until(time.Time{})
	u.mu.Lock()
	u.over = true
	u.mu.Unlock()
}

// fault is what to answer where the body did not come as it has to; nil where it did.
func (u *upload) fault() *fault.Error {
	if u == nil {
		return nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.err == nil || u.over && errors.Is(u.err, http.ErrBodyReadAfterClose) {
		return nil
	}
	if n, ok := errors.AsType[net.Error](u.err); ok && n.Timeout() {
		return fault.New(api.CodeMalformedRequest, stalled, "Nothing more came of the body for a while.").Because(u.err)
	}
	return fault.New(api.CodeMalformedRequest, "body_broken", "The body did not come as a whole, or is not chunked as it has to be.").Because(u.err)
}
