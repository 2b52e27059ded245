package valkey

import (
	"errors"
	"strings"
)

// Kind says in a word why Valkey does not serve.
type Kind string

// Kinds of trouble, in the order in which a connection meets them.
const (
	Unresolved  Kind = "unresolved"  // the name of the host is unknown
	Refused     Kind = "refused"     // nobody listens, or the way there is shut
	Silent      Kind = "silent"      // no answer in time
	TLSWanted   Kind = "tls_wanted"  // it speaks TLS and we do not
	TLSUnknown  Kind = "tls_unknown" // we speak TLS and it does not
	Certificate Kind = "certificate" // TLS, with a certificate that does not count here
	ClientCert  Kind = "client_cert" // it demands a certificate of ours
	Stranger    Kind = "stranger"    // something else listens there
	Protected   Kind = "protected"   // protected mode: only its own machine may ask
	Loading     Kind = "loading"     // it reads its data from disk
	Login       Kind = "login"       // user name or password
	Denied      Kind = "denied"      // logged in, and not allowed
	ReadOnly    Kind = "read_only"   // a replica, or too few replicas
	Full        Kind = "full"        // no memory left
	DiskFailed  Kind = "disk_failed" // it cannot save and so takes nothing more
	NoDatabase  Kind = "no_database" // no database of this number
	ClusterDown Kind = "cluster_down"
	Other       Kind = "other"
)

// Trouble is why it does not serve, with what the other side said.
type Trouble struct {
	Kind Kind
	Said string
}

// Error is what was said.
func (t *Trouble) Error() string { return t.Said }

// replies are how the server begins an error, and what each means.
var replies = []struct {
	begins string
	kind   Kind
}{
	{"NOAUTH", Login},
	{"WRONGPASS", Login},
	{"invalid password", Login},
	{"AUTH", Login},
	{"operation not permitted", Login}, // before version 6
	{"Client sent AUTH", Login},
	{"NOPERM", Denied},
	{"DENIED", Protected},
	{"LOADING", Loading},
	{"READONLY", ReadOnly},
	{"NOREPLICAS", ReadOnly},
	{"MASTERDOWN", ReadOnly},
	{"OOM", Full},
	{"MISCONF", DiskFailed},
	{"CLUSTERDOWN", ClusterDown},
	{"DB index", NoDatabase},
	{"invalid DB index", NoDatabase},
	{"SELECT is not allowed", NoDatabase},
}

// judged puts an error of any step into one of the kinds.
func judged(err error) *Trouble {
	if err == nil {
		return nil
	}
	if t, ok := errors.AsType[*Trouble](err); ok {
		return t
	}
	said := strings.TrimPrefix(err.Error(), "-")
	text := strings.TrimPrefix(said, "ERR ")
	if errors.Is(err, errStrange) {
		return &Trouble{Stranger, said}
	}
	for _, r := range replies {
		if strings.HasPrefix(text, r.begins) {
			return &Trouble{r.kind, said}
		}
	}
	return network(err)
}

// In asks whether an error is trouble of one of these kinds.
func In(err error, kinds ...Kind) bool {
	t, ok := errors.AsType[*Trouble](err)
	if !ok {
		return false
	}
	for _, k := range kinds {
		if t.Kind == k {
			return true
		}
	}
	return false
}
