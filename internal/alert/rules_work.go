package alert

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

func databaseErrors() Rule {
	return Rule{
		Name: "database_errors", Watches: "reads and transactions that failed for want of the database, in five minutes on all nodes",
		Threshold: "over 1 %, and 5 or more", For: time.Minute, Keep: 5 * time.Minute, Severities: []Severity{Critical},
		Related: []string{"database_", "pooler_", "connection_", "disk_", "schema_", "sqlite_", "storage_"},
		look: func(s *Snapshot) []Reading {
			var failed, all int64
			for _, n := range s.Nodes {
				failed, all = failed+n.DatabaseErrors, all+n.Queries
			}
			level, part := over(failed, all, 5, 5, 0.01)
			return []Reading{{Level: level, Severity: Critical, Says: fmt.Sprintf("%d of %d reads and transactions failed for want of the database in five minutes (%s %%)", failed, all, number(100*part))}}
		},
	}
}

// ownRule are causes that another rule watches.
var ownRule = []string{
	"guessing_wave", "disk_nearly_full", "disk_full", "certificate_expires_soon", "certificate_expired", "backup_too_old",
	"audit_chain_broken", "audit_shipping_behind",
}

func doctorFinding() Rule {
	return Rule{
		Name: "doctor_finding", Watches: "what the doctor of a running server finds, an alert for each cause",
		Threshold: "any; a warning of the doctor is a warning, the rest is critical",
		For:       2 * time.Minute, Keep: 2 * time.Minute, Severities: []Severity{Warning, Critical},
		look: func(s *Snapshot) (out []Reading) {
			for _, f := range s.findings() {
				if slices.Contains(ownRule, string(f.Code)) {
					continue
				}
				r := Reading{Label: string(f.Code), Level: Bad, Severity: Critical, Says: lower(f.Title), Finding: &f}
				if f.Severity == api.Warning {
					r.Severity = Warning
				}
				out = append(out, r)
			}
			return out
		},
	}
}

// lower begins a title as the middle of a sentence does, unless it begins with
// a name in capitals.
func lower(title string) string {
	if len(title) > 1 && strings.ToUpper(title[:2]) != title[:2] {
		return strings.ToLower(title[:1]) + title[1:]
	}
	return title
}

// What the outbox may have.
const (
	mailWaits = 15 * time.Minute
	mailDead  = 3
)

func mailStuck() Rule {
	return Rule{
		Name: "mail_stuck", Watches: "letters that do not leave", Threshold: "one due for over 15 minutes, or 3 given up within an hour",
		Keep: 5 * time.Minute, Severities: []Severity{Warning}, Usual: "smtp_unreachable", Related: []string{"smtp_", "mail_"},
		look: func(s *Snapshot) []Reading {
			m := s.Mail
			if m == nil {
				return nil
			}
			r := Reading{Severity: Warning, Says: fmt.Sprintf("the oldest letter waits for %s, %s given up within an hour", span(m.Oldest), many(int64(m.Dead), "letter"))}
			if m.Oldest > mailWaits || m.Dead >= mailDead {
				r.Level = Bad
			}
			if m.Cause != "" {
				r.Says += "; the last try: " + m.Cause
			}
			r.Cause = smtpCause(m.Cause)
			return []Reading{r}
		},
	}
}

// smtpCause reads what the sender wrote down of a try.
func smtpCause(text string) api.Cause {
	for _, one := range []struct {
		part  string
		cause api.Cause
	}{
		{": AUTH", "smtp_refuses_login"},
		{": MAIL FROM", "smtp_refuses_sender"},
		{"certificate", "smtp_certificate_untrusted"},
		{": STARTTLS", "smtp_tls_mismatch"},
		{"TLS from the first byte", "smtp_tls_mismatch"},
	} {
		if strings.Contains(text, one.part) {
			return one.cause
		}
	}
	return ""
}

func backupOld() Rule {
	return Rule{
		Name: "backup_old", Watches: "the age of the last good backup, where backups are set up",
		Threshold: "older than twice BACKUP_EVERY; older than six times is critical",
		Keep:      time.Minute, Severities: []Severity{Warning, Critical}, Related: []string{"backup_"}, Usual: "backup_too_old",
		look: func(s *Snapshot) []Reading {
			b := s.Backup
			if b == nil || b.Most <= 0 {
				return nil
			}
			r := Reading{Severity: Warning, Says: "the last good backup is " + span(b.Age) + " old"}
			if b.Never {
				r.Says = "there is no good backup, and one is planned for " + span(b.Age)
			}
			if b.Age > b.Most {
				r.Level = Bad
			}
			if b.Age > 3*b.Most {
				r.Severity = Critical
			}
			return []Reading{r}
		},
	}
}

const shippingMost = 10 * time.Minute

func auditShipping() Rule {
	return Rule{
		Name: "audit_shipping", Watches: "audit rows that have not left, on each way that is set up", Threshold: "the oldest waits for over 10 minutes",
		Keep: 2 * time.Minute, Severities: []Severity{Warning}, Usual: "audit_shipping_behind",
		look: func(s *Snapshot) (out []Reading) {
			for _, w := range s.Shipped {
				r := Reading{Label: w.Name, Severity: Warning, Says: fmt.Sprintf("audit rows wait for %s to leave by %s", span(w.Lag), w.Name)}
				switch {
				case w.Lag > shippingMost:
					r.Level = Bad
				case float64(w.Lag) > band*float64(shippingMost):
					r.Level = Between
				}
				if w.Cause != "" {
					r.Says += "; the last try: " + w.Cause
				}
				out = append(out, r)
			}
			return out
		},
	}
}

func auditChain() Rule {
	return Rule{
		Name: "audit_chain", Watches: "the hash chain of the audit", Threshold: "a row that does not fit",
		Keep: time.Minute, Severities: []Severity{Critical}, Urgent: true, Usual: "audit_chain_broken",
		look: func(s *Snapshot) []Reading {
			if s.Chain == nil {
				return nil
			}
			r := Reading{Severity: Critical, Says: s.Chain.Broken}
			if s.Chain.Broken != "" {
				r.Level = Bad
			}
			return []Reading{r}
		},
	}
}
