package inside

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// answered is what answered at one address.
type answered struct {
	ours   bool
	config api.Config // what it says of itself, when it is ours
	said   string     // in words
	err    error      // nobody answered
}

// running passes when a server of ours answers, at LISTEN_ADDR or through
// PUBLIC_URL: whatever looks at a running server needs it.
func (in *inside) running(ctx context.Context, r *doctor.Result) {
	if in.Serving {
		r.Say("it is this process")
		return
	}
	c := in.cfg
	if c.PublicURL == nil || strings.HasSuffix(c.ListenAddr, ":0") {
		r.Skip("no address to ask at")
		return
	}
	scheme := "http"
	if c.TLSCertFile != "" {
		scheme = "https"
	}
	elsewhere := bindable(ctx, c.ListenAddr)
	direct := answered{err: elsewhere} // nobody on this machine can listen there
	if elsewhere == nil {
		direct = in.ask(ctx, scheme, dialable(c.ListenAddr))
	}
	if direct.ours {
		in.sameSettings(r, direct)
		return
	}
	if in.Problem != nil {
		r.Skip("no server can start with these settings")
		return
	}
	if through := in.ask(ctx, c.PublicURL.Scheme, here(c.PublicURL)); through.ours {
		r.Say("it answers through %s, and not at %s", c.PublicURL, c.ListenAddr)
		return
	}
	if elsewhere != nil {
		r.Find(api.Finding{
			Code: "listen_addr_unusable", Evidence: "listening at the host of " + c.ListenAddr + ": " + elsewhere.Error(),
			Expected: "an address of this machine", Setting: setting("LISTEN_ADDR", c.Origin("LISTEN_ADDR")),
			Remedy: remedy("LISTEN_ADDR", c.Origin("LISTEN_ADDR"), "an address of this machine, or :"+portOf(c.ListenAddr)+" for all of them", ""),
		})
		return
	}
	in.notRunning(ctx, r, scheme, direct)
}

// notRunning sorts out why.
func (in *inside) notRunning(ctx context.Context, r *doctor.Result, scheme string, direct answered) {
	c := in.cfg
	asked := "GET " + scheme + "://" + c.ListenAddr + "/api/v1/config: "
	if direct.err == nil {
		other := map[string]string{"http": "https", "https": "http"}[scheme]
		if in.ask(ctx, other, dialable(c.ListenAddr)).ours {
			direct = answered{ours: true, said: "a server of ours that speaks " + other}
			in.otherSettings(r, asked+direct.said)
			return
		}
		r.Find(api.Finding{
			Code: "port_taken_by_other", Evidence: asked + direct.said, Expected: "aiwfe-auth, or nobody",
			Remedy:  "See who listens there with: ss -ltnp 'sport = :" + portOf(c.ListenAddr) + "'. Stop it, or choose another port in LISTEN_ADDR or PORT.",
			Setting: setting("LISTEN_ADDR", c.Origin("LISTEN_ADDR")),
		})
		return
	}
	if c.Environment.Relaxed() && !hung(direct.err) {
		r.Note("server_not_running", "No server answers at %s; what only a running one shows was not looked at.", c.ListenAddr)
		r.Skip("no server runs")
		return
	}
	r.Find(api.Finding{
		Code: "server_not_running", Evidence: asked + plain(direct.err), Expected: "an answer of aiwfe-auth",
		Setting: setting("LISTEN_ADDR", c.Origin("LISTEN_ADDR")),
	})
}

// sameSettings compares what the running server says of itself with the
// settings at hand: whoever calls the doctor in another shell has others.
func (in *inside) sameSettings(r *doctor.Result, s answered) {
	c := in.cfg
	r.Say("%s at %s", s.said, c.ListenAddr)
	own := c.PublicURL.String()
	if s.config.PublicURL == own && s.config.Environment == string(c.Environment) {
		return
	}
	in.otherSettings(r, fmt.Sprintf("the server at %s runs in %s as %s\nthe settings at hand say %s and %s",
		c.ListenAddr, s.config.Environment, s.config.PublicURL, c.Environment, own))
}

func (in *inside) otherSettings(r *doctor.Result, evidence string) {
	r.Find(api.Finding{
		Code: "running_with_other_settings", Evidence: evidence, Expected: "a server that was started with the settings at hand",
	})
}

// ask wants the public description of the server; none of it is secret, so the
// certificate is for others to judge.
func (in *inside) ask(ctx context.Context, scheme, addr string) answered {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	u := url.URL{Scheme: scheme, Host: addr, Path: "/api/v1/config"}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return answered{err: err}
	}
	req.Host = in.cfg.PublicURL.Host
	t := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{
		ServerName: in.cfg.PublicURL.Hostname(), InsecureSkipVerify: true, MinVersion: tls.VersionTLS12, //nolint:gosec // it asks what everybody may know
	}}
	client := &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		if silent(err) {
			return answered{err: err}
		}
		return answered{said: plain(err)} // somebody listens, and speaks something else
	}
	defer func() { _ = res.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	s := answered{said: fmt.Sprintf("HTTP %d %s", res.StatusCode, res.Header.Get("Content-Type"))}
	if json.Unmarshal(body, &s.config) == nil && s.config.PublicURL != "" && s.config.Environment != "" {
		s.ours, s.said = true, "aiwfe-auth "+s.config.Version
	}
	return s
}

// silent says that nobody took the connection, or took it and said nothing.
func silent(err error) bool {
	op, dialing := errors.AsType[*net.OpError](err)
	return dialing && op.Op == "dial" || hung(err)
}

func hung(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || os.IsTimeout(err)
}

// here is where a browser goes for an address: names below localhost are this
// machine, whatever a name server says.
func here(u *url.URL) string {
	port := cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	if loopback(u.Hostname()) && net.ParseIP(u.Hostname()) == nil {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return u.Host
}

// bindable tries the host of an address with any free port, so that it takes
// nothing away from a server that starts at this moment.
func bindable(ctx context.Context, addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return errors.New(plain(err))
	}
	return l.Close()
}

// dialable is where to reach who listens on every interface.
func dialable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return addr
}

func portOf(addr string) string { return addr[strings.LastIndex(addr, ":")+1:] }

// plain is the reason of a network error without what every layer puts before.
func plain(err error) string {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Err != nil {
		return e.Err.Error()
	}
	return err.Error()
}
