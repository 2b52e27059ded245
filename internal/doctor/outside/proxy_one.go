package outside

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// Arrived is who signed in of late from one address and from no other.
type Arrived struct{ Accounts, Browsers int }

// An office behind one address looks like a proxy that writes one address over
// all, as long as one looks at people alone. So it takes that the doctor, who sits
// on the server, arrives from there too, and that the address is of the inner
// network or that of the service itself: a server and its office may go out to a
// CDN by one public address, and rightly come back by it.
const (
	oneAccounts = 5
	oneBrowsers = 3
)

// oneClient finds that everybody has one address.
func (p *proxied) oneClient(ctx context.Context, r *doctor.Result) {
	e, err := p.ask(ctx, p.public, request{path: api.EchoPath + strayPath})
	if err != nil || !e.ours {
		r.Skip("the echo does not answer any more")
		return
	}
	client, err := netip.ParseAddr(e.Client)
	if err != nil || !e.PeerTrusted || client.IsLoopback() || !client.IsPrivate() && !p.service(ctx, client) {
		r.Skip("the doctor arrives from an address that may be its own")
		return
	}
	who, err := p.SignedIn(ctx, e.Client)
	if err != nil {
		r.Unable("the last sign-ins", err)
		return
	}
	if who.Accounts < oneAccounts || who.Browsers < oneBrowsers {
		r.Say("people arrive from other addresses than the doctor, or too few signed in")
		return
	}
	own := "another one"
	if a, ok := e.from.(*net.TCPAddr); ok {
		own = a.IP.String()
	}
	p.find(r, api.Finding{
		Code: "clients_share_address",
		Evidence: fmt.Sprintf("the last %d accounts signed in by %d different browsers, all from %s\n"+
			"a request of the doctor, which is none of them, arrives from %s too; it was sent from %s; X-Forwarded-For: %s",
			who.Accounts, who.Browsers, e.Client, e.Client, own, hopList(e.Hops)),
		Expected: "the address of each person, and another one for the doctor",
	})
}

// service says whether an address is one to which the name of the service leads.
func (p *proxied) service(ctx context.Context, a netip.Addr) bool {
	all, err := p.resolver.LookupNetIP(ctx, "ip", p.at.Hostname())
	return err == nil && slices.ContainsFunc(all, func(one netip.Addr) bool { return one.Unmap() == a.Unmap() })
}
