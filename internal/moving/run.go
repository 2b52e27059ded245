package moving

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
)

// batchRows is how many rows one transaction takes: few enough that a sign-in
// hardly waits for it.
const batchRows = 250

// Options say how people are brought along.
type Options struct {
	// Source tells two installations of one system apart; the system's name if
	// there is one alone.
	Source string
	// Domain makes an address of a name that is none.
	Domain string
	// DryRun writes nothing; Update takes over what has changed there.
	DryRun, Update bool
	// Admins keeps administrators what they are. Invite takes people along whose
	// password cannot come, and Invited is told of each who has none.
	Admins, Invite bool
	Invited        func(context.Context, account.ID) (sent bool, err error)
	// DropFactors takes people along whose second factor cannot come.
	DropFactors bool
	Now         func() time.Time
	// Refused is told of each row that is not taken, Differs of each that was
	// taken before and is another now. Step is told after each batch.
	Refused func(Refused) error
	Step    func(*Summary)
}

// run is one import under way.
type run struct {
	*Options
	store Store
	sum   *Summary
	batch []*Newcomer
	// seen are the lines of addresses and of ids, by a digest: a million of them
	// take some fifty megabytes.
	seen map[[16]byte]int64
}

// Run brings all people of a reader along. The summary is of what was done, also
// where it ends with an error: then the same call goes on where this one ended.
func Run(ctx context.Context, from Reader, store Store, o Options) (*Summary, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &run{Options: &o, store: store, sum: newSummary(&o), seen: map[[16]byte]int64{}}
	for {
		rec, err := from.Next()
		if errors.Is(err, io.EOF) {
			err = r.flush(ctx)
			r.sum.end(o.Now())
			return r.sum, err
		}
		if err == nil {
			r.sum.Read++
			err = r.add(rec)
		} else if _, one := errors.AsType[*Refused](err); one {
			r.sum.Read++
		}
		if refused, one := errors.AsType[*Refused](err); one {
			err = r.refuse(refused)
		}
		if err == nil && len(r.batch) == batchRows {
			err = r.flush(ctx)
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			if ctx.Err() == nil {
				err = errors.Join(err, r.flush(ctx)) // what was read well is kept
			}
			r.sum.end(o.Now())
			return r.sum, err
		}
	}
}

// add judges a record and puts it into the batch.
func (r *run) add(rec *Record) error {
	n, refused := r.prepare(rec, r.Now())
	if refused != nil {
		return refused
	}
	if first, twice := r.first("a"+n.Address, n.Line); twice {
		return n.refused("the address stands in line %d already", first)
	}
	if n.ID != "" {
		if first, twice := r.first("i"+n.ID, n.Line); twice {
			return n.refused("the id stands in line %d already", first)
		}
	}
	r.batch = append(r.batch, n)
	return nil
}

func (r *run) first(what string, line int64) (int64, bool) {
	key := [16]byte(keyOf(what, &Record{}))
	if first, ok := r.seen[key]; ok {
		return first, true
	}
	r.seen[key] = line
	return line, false
}

func (r *run) refuse(f *Refused) error {
	if f.PassedOver {
		r.sum.PassedOver[f.Reason]++
		return nil
	}
	r.sum.Refused++
	if r.Options.Refused == nil {
		return nil
	}
	return r.Options.Refused(*f)
}

// flush writes the batch and counts what became of it.
func (r *run) flush(ctx context.Context) error {
	if len(r.batch) == 0 {
		return nil
	}
	rows := r.batch
	r.batch = nil
	out, err := r.store.Import(ctx, Batch{
		Source: r.Source, Now: r.Now().UTC(), DryRun: r.DryRun, Update: r.Update, Rows: rows,
	})
	if err != nil {
		return err
	}
	for i, o := range out {
		if err := r.count(ctx, rows[i], o); err != nil {
			return err
		}
	}
	if r.Step != nil {
		r.Step(r.sum)
	}
	return nil
}
