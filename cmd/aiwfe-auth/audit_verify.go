package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// verdict is what audit verify answers.
type verdict struct {
	Sound       bool                 `json:"sound"`
	Rows        int64                `json:"rows"`
	First       int64                `json:"first_seq"`
	Last        int64                `json:"last_seq"`
	Waiting     int64                `json:"waiting"`
	Unmarked    int64                `json:"unmarked"`
	Checkpoints int                  `json:"checkpoints"`
	End         *api.AuditCheckpoint `json:"end,omitempty"`
	Wrong       *wrongRow            `json:"wrong,omitempty"`
}

type wrongRow struct {
	Seq    int64      `json:"seq"`
	ID     int64      `json:"id,omitempty"`
	Kind   audit.Kind `json:"kind"`
	Detail string     `json:"detail"`
}

var errNoAuditKey = errors.New("the key of the audit cannot be opened: DATA_ENCRYPTION_KEY is not the key of this database; " +
	"see: aiwfe-auth explain data_key_wrong")

func (p *program) auditVerify() *cobra.Command {
	cmd := &cobra.Command{
		Use: "verify", Short: "Follow the chain of the audit and name the first row that is not as it was written", Args: flagsOnly,
		Long: "Every row has a mark of who wrote it, a place in a chain of hashes, and a seal of who gave it the place.\n" +
			"The end of the chain is signed. Verify reads all rows, with the server running or not, and ends with\n" +
			"exit code 1 at the first that was changed, deleted, inserted, moved or copied.\n\n" +
			"What cannot be told from the database alone is that somebody put an older copy of all of it in its place.\n" +
			"A checkpoint that is kept elsewhere shows that: see audit checkpoint.",
		Example: "  aiwfe-auth audit verify\n  aiwfe-auth audit verify --checkpoint checkpoint.json",
	}
	file := cmd.Flags().String("checkpoint", "", "a file with what audit checkpoint --json printed earlier; the chain must still hold it")
	cmd.RunE = p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
		if core.Audit == nil {
			return errNoAuditKey
		}
		var kept []audit.Signed
		if *file != "" {
			one, err := readCheckpoint(*file)
			if err != nil {
				return err
			}
			kept = append(kept, one)
		}
		shown := p.meter()
		r, err := audit.Verify(cmd.Context(), core.Store, core.Audit, func(done, all int64) {
			shown.rows("verifying", "the audit", done, all)
		}, kept...)
		shown.end()
		w, wrong := errors.AsType[*audit.Wrong](err)
		if err != nil && !wrong {
			return err
		}
		if err := app.KeepAuditVerdict(cmd.Context(), core, w); err != nil {
			return err
		}
		return p.tellVerdict(r, w)
	})
	return cmd
}

func (p *program) tellVerdict(r audit.Report, w *audit.Wrong) error {
	v := verdict{
		Sound: w == nil, Rows: r.Rows, First: r.First, Last: r.Last, Waiting: r.Waiting, Unmarked: r.Unmarked, Checkpoints: r.Checkpoints,
	}
	if w != nil {
		v.Wrong = &wrongRow{w.Seq, w.ID, w.Kind, w.Error()}
	} else if r.End.Signature != nil {
		end := app.Checkpoint(r.End)
		v.End = &end
	}
	err := p.print(v, func(out io.Writer) {
		if w != nil {
			fmt.Fprintf(out, "wrong: %s (%s)\n", w, w.Kind)
			if r.Last > 0 {
				fmt.Fprintf(out, "rows %d to %d before it are as they were written\n", r.First, r.Last)
			}
			return
		}
		fmt.Fprintf(out, "sound: %s, %d to %d, %s\n", many(int(r.Rows), "row"), r.First, r.Last, many(r.Checkpoints, "checkpoint"))
		if r.Waiting > 0 {
			fmt.Fprintf(out, "%s wait for their place\n", many(int(r.Waiting), "row"))
		}
		if r.Unmarked > 0 {
			fmt.Fprintf(out, "%s have no mark: a version before this one wrote them\n", many(int(r.Unmarked), "row"))
		}
	})
	if err == nil && w != nil {
		err = errQuiet
	}
	return err
}

// readCheckpoint reads what was kept elsewhere.
func readCheckpoint(file string) (audit.Signed, error) {
	var c api.AuditCheckpoint
	text, err := os.ReadFile(file) //nolint:gosec // the operator names it
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		return audit.Signed{}, fmt.Errorf("the checkpoint cannot be read: %w", err)
	}
	state, err := audit.ReadStatement(c.Statement)
	if err != nil {
		return audit.Signed{}, fmt.Errorf("the checkpoint in %s cannot be read: %w", file, err)
	}
	signature, err := base64.StdEncoding.DecodeString(c.Signature)
	if err != nil {
		return audit.Signed{}, fmt.Errorf("the signature in %s cannot be read: %w", file, err)
	}
	return audit.Signed{State: state, Key: byte(c.Key), Signature: signature}, nil
}

func (p *program) auditCheckpoint() *cobra.Command {
	return &cobra.Command{
		Use: "checkpoint", Short: "Print a signed statement of how far the chain of the audit has come", Args: flagsOnly,
		Long: "Keep it where nobody who can write to the database can change it: with it, audit verify --checkpoint notices\n" +
			"that rows up to there were changed or taken away, also by putting an older database in place of this one.",
		Example: "  aiwfe-auth audit checkpoint --json > checkpoint.json",
		RunE: p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
			if core.Audit == nil {
				return errNoAuditKey
			}
			signed, err := core.Checkpoint(cmd.Context())
			if err != nil {
				return err
			}
			c := app.Checkpoint(signed)
			return p.print(c, func(w io.Writer) {
				fmt.Fprintf(w, "%ssignature %s\nkey %d\n", c.Statement, c.Signature, c.Key)
			})
		}),
	}
}
