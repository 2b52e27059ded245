package httpapi

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// exportBatch rows are read and sent at a time, so that an export of any
// length takes little memory and no long read of the database.
const exportBatch = 500

// exportAudit sends the audit as one file, newest first: so it has an end,
// however fast new rows come.
func (a *API) exportAudit(w http.ResponseWriter, r *http.Request) {
	q := httpkit.From(w)
	q.Use(r)
	if err := a.export(q); err != nil {
		q.Fail(err)
	}
}

func (a *API) export(q *httpkit.Request) error {
	if _, err := q.Require(httpkit.Admin); err != nil {
		return err
	}
	query, err := a.auditQuery(q)
	if err != nil {
		return err
	}
	format := q.HTTP().URL.Query().Get("format")
	if err := knownFilter("/format", format, "csv", "jsonl"); err != nil {
		return err
	}
	query.Limit = exportBatch
	rows, err := a.o.Audit.AuditRows(q.Context(), query)
	if err != nil {
		return err
	}
	flow, err := q.Flow(pieceTime)
	if err != nil {
		return err
	}
	h := q.Header()
	write, ext := csvRows, "csv"
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	if format == "jsonl" {
		write, ext = jsonRows, "jsonl"
		h.Set("Content-Type", "application/jsonl; charset=utf-8")
	}
	name := "audit-" + q.Now().UTC().Format("20060102-150405") + "." + ext
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if q.HTTP().Method == http.MethodHead {
		q.WriteHeader(http.StatusOK)
		return nil
	}
	if err := a.sendRows(q, flow, query, rows, write); err != nil {
		// Half a file must not look like a whole one: the connection is cut.
		q.Fault(err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// sendRows sends batch after batch, as long as the person may still read it.
func (a *API) sendRows(q *httpkit.Request, flow *httpkit.Flow, query audit.Query, rows []audit.Row,
	write func(rows []api.AuditRow, first bool) ([]byte, error),
) error {
	for first := true; ; first = false {
		text, err := write(AuditRows(rows), first)
		if err != nil {
			return err
		}
		if _, err := flow.Write(text); err != nil {
			return fmt.Errorf("send the export: %w", err)
		}
		if len(rows) < exportBatch {
			return nil
		}
		if _, err := q.RequireAgain(httpkit.Admin); err != nil {
			return err
		}
		query.Before = rows[len(rows)-1].ID
		if rows, err = a.o.Audit.AuditRows(q.Context(), query); err != nil {
			return err
		}
	}
}

// jsonRows has one row on each line.
func jsonRows(rows []api.AuditRow, _ bool) ([]byte, error) {
	var b bytes.Buffer
	for _, r := range rows {
		if err := json.MarshalWrite(&b, r, json.Deterministic(true)); err != nil {
			return nil, err
		}
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}

var auditHeader = []string{
	"id", "at", "event", "outcome", "code", "reason", "actor_id", "user_id", "address", "session_id", "device_id",
	"ip", "user_agent", "request_id", "detail", "count", "seq", "hash",
}

// csvRows are of RFC 4180, with a header where the file begins.
func csvRows(rows []api.AuditRow, first bool) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	var err error
	if first {
		err = w.Write(auditHeader)
	}
	for _, r := range rows {
		cells := []string{
			strconv.FormatInt(r.ID, 10), r.At.UTC().Format(time.RFC3339Nano), r.Event, r.Outcome, r.Code, r.Reason,
			r.ActorID, r.UserID, r.Address, r.SessionID, r.DeviceID, r.IP, r.UserAgent, r.RequestID, r.Detail, strconv.FormatInt(r.Count, 10),
			place(r.Seq), r.Hash,
		}
		for i := range cells {
			cells[i] = inert(cells[i])
		}
		err = errors.Join(err, w.Write(cells))
	}
	w.Flush()
	return b.Bytes(), errors.Join(err, w.Error())
}

// ExportCSV and ExportJSON write rows for the command line too.
func ExportCSV(rows []api.AuditRow, first bool) ([]byte, error) { return csvRows(rows, first) }

// ExportJSON writes a row on each line.
func ExportJSON(rows []api.AuditRow, _ bool) ([]byte, error) { return jsonRows(rows, false) }

// place is nothing for a row that has none yet.
func place(seq int64) string {
	if seq == 0 {
		return ""
	}
	return strconv.FormatInt(seq, 10)
}

// inert keeps a spreadsheet from running a cell: strangers choose addresses
// and user agents (ASVS 1.2.10). Where people write full-width signs, those
// begin a formula too.
func inert(cell string) string {
	if first, _ := utf8.DecodeRuneInString(cell); cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}
