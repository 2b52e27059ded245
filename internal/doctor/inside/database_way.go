package inside

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// stopped names the cause of a way that ended before the database. name is the
// setting that holds the address.
func (in *inside) stopped(ctx context.Context, name string, to config.DatabaseURL, w store.Reach) api.Finding {
	f := api.Finding{Evidence: told(w), Setting: in.named(name)}
	switch w.Step {
	case store.StepName:
		f.Code = "database_name_unknown"
		f.Cause = "The host name in " + name + " leads to no address on this machine."
		f.Expected = "an address for the host of " + w.Where
	case store.StepConnect:
		f.Code = "database_unreachable"
		f.Cause = "At " + w.Where + " " + unreachable(w.Err)
		f.Expected = "a PostgreSQL server, or a pooler, that takes connections at " + w.Where
	case store.StepSpeak:
		f.Code = "database_not_postgres"
		f.Cause = "At " + w.Where + " there is " + w.Speaks + ", not PostgreSQL."
		f.Expected = "one letter, S or N, in answer to the request for TLS with which every PostgreSQL session begins"
	case store.StepTLS:
		tlsFailed(&f, w)
	default:
		in.refused(ctx, &f, to, w)
	}
	return f
}

// told is one line of evidence: what was asked of whom, and what came back.
func told(w store.Reach) string {
	asked := map[store.Step]string{
		store.StepName: "looking up the host of " + w.Where, store.StepConnect: "connecting to " + w.Where,
		store.StepSpeak: "asking " + w.Where + " for TLS", store.StepTLS: "beginning TLS with " + w.Where,
		store.StepLogin: fmt.Sprintf("logging in at %s as %s to %s", w.Where, w.User, w.Database),
		store.StepAsk:   fmt.Sprintf("asking %s at %s for its process id", w.Database, w.Where),
	}[w.Step]
	answer := "no answer"
	switch {
	case w.Refusal != nil:
		answer = w.Refusal.Severity + ": " + w.Refusal.Message + " (" + w.Refusal.Code + ")"
	case w.Err != nil:
		answer = bare(w.Err)
	}
	text := asked + ": " + answer
	if w.Peer != "" && w.Refusal != nil {
		text += "; said by " + peerNames[w.Peer]
	}
	return text
}

var peerNames = map[string]string{store.PeerPostgres: "PostgreSQL", store.PeerPooler: "the pooler"}

// bare is an error without pgx's preface, which repeats user and database.
func bare(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, "`: "); i >= 0 {
		text = text[i+3:]
	}
	return strings.ReplaceAll(strings.TrimSpace(text), "\n", "; ")
}

func unreachable(err error) string {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens: the connection is refused."
	case errors.Is(err, os.ErrNotExist):
		return "there is no socket: PostgreSQL does not run, or keeps its socket in another folder."
	case errors.Is(err, os.ErrPermission):
		return "the socket may not be used by this user."
	case strings.Contains(err.Error(), "says nothing"):
		return "something takes the connection and never answers: a server that hangs, or a forwarder whose target is away."
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return "nobody answers: the connection timed out, as it does behind a firewall or at a machine that is down."
	}
	return "no connection can be made."
}

// tlsFailed tells the three ways apart in which TLS does not come about.
func tlsFailed(f *api.Finding, w store.Reach) {
	if mode := os.Getenv("PGSSLMODE"); mode != "" && !strings.Contains(f.Setting, "PGSSLMODE") {
		f.Evidence += "\nPGSSLMODE in the environment is " + mode + "; sslmode in the address wins over it"
	}
	if !w.OffersTLS {
		f.Code, f.Expected = "database_tls_refused", "S in answer to the request for TLS"
		if w.Peer == store.PeerPooler {
			f.Code = "pooler_tls_mismatch"
			f.Cause = "DATABASE_URL insists on TLS, and the pooler at " + w.Where + " has none for its clients, whatever the database behind it has."
			f.Remedy = "In pgbouncer.ini: client_tls_sslmode = require, with client_tls_key_file and client_tls_cert_file. Where pooler and server share a machine: sslmode=disable in DATABASE_URL."
			f.Evidence += "\nfrom here to the pooler: no TLS; from the pooler to PostgreSQL: not known, since nobody gets that far"
		}
		return
	}
	f.Code = "database_tls_untrusted"
	f.Expected = "a certificate for " + host(w.Where) + " of an authority that is trusted"
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(w.Err, &name):
		f.Cause = "The certificate of the database is for another host name than the one in DATABASE_URL."
		f.Remedy = "Write the host in DATABASE_URL as the certificate names it, or use sslmode=verify-ca where any name of this authority is right."
	case errors.As(w.Err, &invalid) && invalid.Reason == x509.Expired:
		f.Cause = "The certificate of the database is out of date, or not valid yet."
		f.Remedy = "Renew the certificate of PostgreSQL, then: SELECT pg_reload_conf()"
	case errors.As(w.Err, new(x509.UnknownAuthorityError)):
		f.Cause = "The certificate of the database is of an authority that is not trusted here."
		f.Remedy = "Name the file of its authority in DATABASE_URL: sslmode=verify-full&sslrootcert=/path/ca.pem"
	}
	if c := w.Shown; c != nil {
		f.Evidence += fmt.Sprintf("\nshown: for %s, by %s, from %s to %s", names(c), c.Issuer, c.NotBefore.UTC().Format("2006-01-02"), c.NotAfter.UTC().Format("2006-01-02"))
	}
}

func names(c *x509.Certificate) string {
	all := append([]string{}, c.DNSNames...)
	for _, ip := range c.IPAddresses {
		all = append(all, ip.String())
	}
	if len(all) == 0 {
		return "no host name"
	}
	return strings.Join(all, ", ")
}

func host(where string) string {
	h, _, err := net.SplitHostPort(where)
	if err != nil {
		return where
	}
	return h
}

// reason is the private part of a fault: at the console it is what helps.
func reason(err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Cause != nil {
		return f.Cause
	}
	return err
}
