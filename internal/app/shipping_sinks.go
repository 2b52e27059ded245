package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/outward"
)

// facilityAudit is that of syslog for audits (RFC 5424, 6.2.1).
const facilityAudit = 13

// webhookSink sends each parcel as one document.
type webhookSink struct{ *outward.Webhook }

func (w webhookSink) send(ctx context.Context, p *parcel) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return w.Send(ctx, p.name(), body)
}

// syslogSink sends each row as one line, whose text is the row as JSON.
type syslogSink struct{ *outward.Syslog }

func (s syslogSink) send(ctx context.Context, p *parcel) error {
	var lines []outward.Line
	for _, r := range p.Rows {
		text, err := json.Marshal(r)
		if err != nil {
			return err
		}
		l := outward.Line{At: r.At, Severity: outward.Notice, ID: "audit", Text: string(text)}
		if r.Outcome == audit.Refused {
			l.Severity = outward.Warning
		}
		lines = append(lines, l)
	}
	for _, c := range p.Checkpoints {
		text, err := json.Marshal(c)
		if err != nil {
			return err
		}
		lines = append(lines, outward.Line{At: time.Now(), Severity: outward.Notice, ID: "checkpoint", Text: string(text)})
	}
	return s.Send(ctx, lines...)
}

// fileSink appends a line of JSON for each row. The file is opened by its name
// each time, so that it may be moved away for rotation.
type fileSink string

// fileWait bounds how long a file that is a pipe may take nothing.
const fileWait = 5 * time.Second

func (name fileSink) send(_ context.Context, p *parcel) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, r := range p.Rows {
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	for _, c := range p.Checkpoints {
		if err := enc.Encode(map[string]any{"checkpoint": c}); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(string(name), os.O_WRONLY|os.O_APPEND|os.O_CREATE|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return fmt.Errorf("the file of AUDIT_SHIP_FILE cannot be opened: %w", err)
	}
	defer func() { _ = f.Close() }()
	is, err := f.Stat()
	if err != nil {
		return err
	}
	if is.Mode().IsRegular() {
		if err := name.mend(is.Size()); err != nil {
			return err
		}
	} else {
		_ = f.SetWriteDeadline(time.Now().Add(fileWait))
	}
	if _, err := f.Write(b.Bytes()); err != nil {
		return fmt.Errorf("the file of AUDIT_SHIP_FILE cannot be written: %w", err)
	}
	if !is.Mode().IsRegular() {
		return nil
	}
	return f.Sync() // what is said to be taken must survive a power cut
}

// mend takes half a line off the end, which a process left that was killed while
// it wrote. Its row is sent again.
func (name fileSink) mend(size int64) error {
	if size == 0 {
		return nil
	}
	f, err := os.OpenFile(string(name), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	from := max(0, size-(1<<20))
	tail := make([]byte, size-from)
	if _, err := f.ReadAt(tail, from); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if tail[len(tail)-1] == '\n' {
		return nil
	}
	return f.Truncate(from + int64(bytes.LastIndexByte(tail, '\n')) + 1)
}
