package store

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
)

// promise is what a program that migrates leaves for older ones: schemas up to
// version Until may be used by whoever knows version From. Steps add and take
// nothing away, unless they are marked as a contraction, which the programs
// before it do not survive. What nobody promised is refused.
type promise struct{ Until, From int64 }

const (
	promiseFact = "schema_promise"
	promiseForm = "until %d from %d"
	// contraction begins the line of a step that takes something away.
	contraction = "-- contract:"
)

func (p promise) usable(current, knows int64) bool {
	return p.From > 0 && current <= p.Until && knows >= p.From
}

// promise writes what this program's steps allow. Of two programs that differ
// the newer one's word stands.
func (s *Store) promise(ctx context.Context) error {
	ours, err := s.allows()
	if err != nil {
		return err
	}
	there := false
	err = s.read(ctx, "look for the table of facts", func(ctx context.Context, db *sql.DB) error {
		cols, err := s.columns(ctx, db, "facts")
		there = len(cols) > 0
		return err
	})
	if err != nil || !there {
		return err
	}
	return s.ChangeFact(ctx, promiseFact, func(old string) string {
		if readPromise(old).Until > ours.Until {
			return old
		}
		return fmt.Sprintf(promiseForm, ours.Until, ours.From)
	})
}

// promised reads it; nothing that can be read is no promise.
func (s *Store) promised(ctx context.Context) (promise, error) {
	text, err := s.Fact(ctx, promiseFact)
	return readPromise(text), err
}

func readPromise(text string) promise {
	var p promise
	if n, err := fmt.Sscanf(text, promiseForm, &p.Until, &p.From); n != 2 || err != nil {
		return promise{}
	}
	return p
}

// allows finds the last contraction among the embedded steps.
func (s *Store) allows() (p promise, err error) {
	files, err := fs.Glob(migrations, "migrations/"+s.engine+"/*.sql")
	if err != nil {
		return p, err
	}
	p.From = 1
	for _, f := range files {
		text, err := migrations.ReadFile(f)
		if err != nil {
			return p, err
		}
		v, err := goose.NumericComponent(f)
		if err != nil {
			return p, err
		}
		p.Until = max(p.Until, v)
		if contracts(text) {
			p.From = max(p.From, v)
		}
	}
	return p, nil
}

func contracts(step []byte) bool {
	lines := bufio.NewScanner(bytes.NewReader(step))
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), contraction) {
			return true
		}
	}
	return false
}
