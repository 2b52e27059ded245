package outside

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// dialLimit is how long one address may take to accept a connection.
const dialLimit = 4 * time.Second

func (x *outside) addressChecks() []doctor.Check {
	needs := append([]string{"server_running"}, x.Needs...)
	return []doctor.Check{
		{Name: "public_name", Title: "The public name has an address", Needs: x.Needs, Run: x.name},
		{Name: "public_reach", Title: "The public address takes connections", Needs: append(needs, "public_name"), Run: x.reach},
	}
}

// name looks the public name up.
func (x *outside) name(ctx context.Context, r *doctor.Result) {
	ips, err := x.resolve(ctx)
	if err == nil {
		r.Say("%s is %s", x.URL.Hostname(), strings.Join(texts(ips), ", "))
		if !x.inside() && !loopback(x.URL.Hostname()) && !slices.ContainsFunc(ips, func(ip net.IP) bool { return !ip.IsLoopback() }) {
			r.Note("name_is_this_machine", "Here %s is %s, this very machine (see /etc/hosts); elsewhere it may be another one.", x.URL.Hostname(), strings.Join(texts(ips), ", "))
		}
		return
	}
	f := api.Finding{
		Code: "dns_fails", Expected: "an address for " + x.URL.Hostname(),
		Evidence: "looked up " + x.URL.Hostname() + ": " + lookup(err),
		Remedy:   "Add an A or AAAA record for " + x.URL.Hostname() + " where its domain is kept, or correct the name.",
	}
	if x.inside() {
		// A machine in a network of its own may not know its own public name.
		f.Code, f.Setting = "public_name_unresolved", x.setting("PUBLIC_URL")
		r.Skip("the name %s is not known here", x.URL.Hostname())
	}
	r.Find(f)
}

func (x *outside) resolve(ctx context.Context) ([]net.IP, error) {
	host := x.at.Hostname()
	if ip := net.ParseIP(host); ip != nil {
		return []net.IP{ip}, nil
	}
	if strings.HasSuffix(host, ".localhost") {
		host = "localhost" // as browsers do
	}
	return x.resolver.LookupIP(ctx, "ip", host)
}

func lookup(err error) string {
	e, ok := errors.AsType[*net.DNSError](err)
	switch {
	case ok && e.IsNotFound:
		return "there is no such name, or it has no address"
	case ok && e.IsTimeout:
		return "the name server did not answer"
	}
	return err.Error()
}

// reach connects to every address that the name has: a browser may be given any
// of them.
func (x *outside) reach(ctx context.Context, r *doctor.Result) {
	ips, err := x.resolve(ctx)
	if err != nil {
		r.Unable("the name was found a moment ago, and is not now", err)
		return
	}
	port := portOf(x.at)
	errs := make([]error, len(ips))
	var wait sync.WaitGroup
	for i, ip := range ips {
		wait.Go(func() { errs[i] = dial(ctx, net.JoinHostPort(ip.String(), port)) })
	}
	wait.Wait()
	var dead, lines []string
	for i, ip := range ips {
		how := "accepts connections"
		if errs[i] != nil {
			how = reason(errs[i])
			dead = append(dead, ip.String())
		}
		lines = append(lines, fmt.Sprintf("%s %s port %s: %s", family(ip), ip, port, how))
	}
	evidence := strings.Join(lines, "\n")
	switch {
	case len(dead) == 0:
		r.Say("%s", strings.Join(lines, ", "))
	case len(dead) == len(ips):
		r.Find(x.unreachable(evidence, errs))
	case !loopback(x.at.Hostname()) && !slices.ContainsFunc(errs, noRoute):
		r.Find(api.Finding{
			Code: "public_address_dead", Evidence: evidence, Expected: "every address of the name accepts connections",
			Remedy: "Let the server listen on " + strings.Join(dead, ", ") + " too, or take it out of the records of " + x.at.Hostname() + ".",
		})
	default:
		r.Say("%s", strings.Join(lines, ", "))
	}
}

func (x *outside) unreachable(evidence string, errs []error) api.Finding {
	f := api.Finding{
		Code: "public_url_unreachable", Evidence: evidence, Expected: "a connection to " + x.at.Host,
		Remedy: "Start what should listen there (the proxy, or the server itself), open the port in the firewall, or correct the address.",
	}
	if x.inside() {
		f.Setting = x.setting("PUBLIC_URL")
		if !slices.ContainsFunc(errs, func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }) {
			// Many routers do not lead a machine back to itself by its public address.
			f.Code = "public_url_not_reached"
		}
	}
	return f
}

func dial(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err == nil {
		_ = conn.Close()
	}
	return err
}

// noRoute says that this machine has no way to such an address at all, as one
// without IPv6: that says nothing of the other end.
func noRoute(err error) bool {
	return errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT)
}

// reason is why a connection failed, in words.
func reason(err error) string {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused: nothing listens there"
	case errors.Is(err, syscall.ECONNRESET):
		return "the connection was cut"
	case noRoute(err):
		return "this machine has no route there"
	case errors.Is(err, syscall.EHOSTUNREACH):
		return "the host cannot be reached"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time, as when a firewall drops it"
	}
	return why(err)
}

func family(ip net.IP) string {
	if ip.To4() != nil {
		return "IPv4"
	}
	return "IPv6"
}

func texts(ips []net.IP) (out []string) {
	for _, ip := range ips {
		out = append(out, ip.String())
	}
	return out
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
