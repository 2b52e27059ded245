package main

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/httpapi"
)

// exportRows are read and written at a time.
const exportRows = 1000

func (p *program) auditExport() *cobra.Command {
	cmd := &cobra.Command{
		Use: "export", Short: "Write all rows that have their place in the chain, oldest first", Args: flagsOnly,
		Long: "One row on each line, with its place (seq) and hash, as JSON or CSV. Cells that a spreadsheet would run\n" +
			"begin with an apostrophe. --after goes on behind the last seq of an earlier export.",
		Example: "  aiwfe-auth audit export > audit.jsonl\n  aiwfe-auth audit export --format csv --after 120000 > more.csv",
	}
	format := oneOf(cmd, "format", "jsonl", "jsonl or csv", "jsonl", "csv")
	after := cmd.Flags().Int64("after", 0, "only rows behind this seq")
	cmd.RunE = p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
		write := httpapi.ExportJSON
		if *format == "csv" {
			write = httpapi.ExportCSV
		}
		end, err := core.Store.AuditChain(cmd.Context())
		if err != nil {
			return err
		}
		shown := p.meter()
		defer shown.end()
		from := max(*after, end.First-1)
		for at, first := from, true; at < end.Seq || first; first = false {
			links, err := core.Store.AuditLinks(cmd.Context(), at, exportRows)
			if err != nil {
				return err
			}
			rows := make([]api.AuditRow, 0, len(links))
			for i := range links {
				rows = append(rows, httpapi.AuditLink(&links[i]))
				at = links[i].Seq
			}
			text, err := write(rows, first)
			if err != nil {
				return err
			}
			if _, err := p.out.Write(text); err != nil {
				return fmt.Errorf("the export cannot be written: %w", err)
			}
			shown.rows("writing", "the audit", at-from, end.Seq-from)
			if len(links) == 0 {
				return nil
			}
		}
		return nil
	})
	return cmd
}

// auditKey is a public key as audit key shows it.
type auditKey struct {
	Number int    `json:"number"`
	Public string `json:"public"`
	PEM    string `json:"pem"`
	// Last is the row behind which the key signs nothing any more.
	Last int64 `json:"last_seq,omitempty"`
}

func (p *program) auditKey() *cobra.Command {
	return &cobra.Command{
		Use: "key", Short: "Print the public key with which checkpoints of the audit are verified", Args: flagsOnly,
		Long: "Ed25519, as PEM. An auditor who has it can verify a checkpoint on another machine, with any tool:\n" +
			"the signature is over the statement as it is printed, to the last line break. The key in use comes first;\n" +
			"one that ended, since a data key was compromised, follows with the row up to which it counts.",
		RunE: p.with(func(_ *cobra.Command, core *app.Core, _ []string) error {
			if core.Audit == nil {
				return errNoAuditKey
			}
			var keys []auditKey
			for _, k := range core.Audit.Public() {
				raw, err := base64.StdEncoding.DecodeString(k.Key)
				if err != nil {
					return err
				}
				der, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(raw))
				if err != nil {
					return err
				}
				keys = append(keys, auditKey{int(k.Number), k.Key, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), k.Last})
			}
			return p.print(list{keys}, func(w io.Writer) {
				for _, k := range keys {
					if k.Last > 0 {
						fmt.Fprintf(w, "key %d, for what was signed up to row %d:\n", k.Number, k.Last)
					}
					fmt.Fprint(w, k.PEM)
				}
			})
		}),
	}
}

// auditSink is a place elsewhere as audit sinks shows it.
type auditSink struct {
	Name    string    `json:"name"`
	Seq     int64     `json:"seq"`
	Waiting int64     `json:"waiting"`
	Since   string    `json:"since,omitempty"`
	SentAt  time.Time `json:"sent_at,omitzero"`
	Tries   int64     `json:"tries"`
	Failed  string    `json:"failed,omitempty"`
}

func (p *program) auditSinks() *cobra.Command {
	return &cobra.Command{
		Use: "sinks", Short: "List where the audit is sent, how far, and what went wrong", Args: flagsOnly,
		RunE: p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
			sinks, err := core.Store.AuditSinks(cmd.Context())
			if err != nil {
				return err
			}
			all := []auditSink{}
			for _, s := range sinks {
				one := auditSink{s.Name, s.Seq, s.Lag, "", s.SentAt, s.Tries, s.Failed}
				if s.Lag > 0 {
					one.Since = s.Since.Round(time.Second).String()
				}
				all = append(all, one)
			}
			return p.print(list{all}, func(w io.Writer) {
				if len(all) == 0 {
					fmt.Fprintln(w, "the audit is sent nowhere: see AUDIT_SHIP_FILE, AUDIT_SHIP_SYSLOG and AUDIT_SHIP_WEBHOOK")
				}
				for _, s := range all {
					fmt.Fprintf(w, "%-8s up to row %d at %s, %s waiting", s.Name, s.Seq, when(s.SentAt), many(int(s.Waiting), "row"))
					if s.Failed != "" {
						fmt.Fprintf(w, " for %s; try %d: %s", s.Since, s.Tries, s.Failed)
					}
					fmt.Fprintln(w)
				}
			})
		}),
	}
}
