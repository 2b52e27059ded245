package audit

import "fmt"

// Kind is what is wrong with a row.
type Kind string

// The kinds.
const (
	Changed  Kind = "changed"  // a column is not as it was written
	Unmarked Kind = "unmarked" // nobody who has the key wrote it
	Missing  Kind = "missing"  // it was deleted
	Inserted Kind = "inserted" // it stands where another row stands already, or beyond the end
	Moved    Kind = "moved"    // its number or place is not what it was given
	Repeated Kind = "repeated" // it is the copy of another row
	Parted   Kind = "parted"   // a signed checkpoint says otherwise of it
	Cut      Kind = "cut"      // the chain ends before the place that was signed
	Forged   Kind = "forged"   // a state or checkpoint was signed by nobody
	Stale    Kind = "stale"    // it was made with a root that had ended before it
)

// Wrong is the first row that is not as it was written.
type Wrong struct {
	// Seq is its place in the chain, 0 for one that has none yet; ID its number, 0
	// for one that is not there.
	Seq, ID int64
	Kind    Kind
	Detail  string
}

func (w *Wrong) Error() string {
	what := fmt.Sprintf("row %d of the chain", w.Seq)
	switch {
	case w.Kind == Forged:
		what = fmt.Sprintf("the checkpoint at row %d", w.Seq)
	case w.Seq == 0:
		what = "a row that waits for its place"
	}
	if w.ID != 0 {
		what += fmt.Sprintf(" (id %d)", w.ID)
	}
	return what + " " + w.Detail
}
