package trace

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

// judgeLimit tells by whom a limit was reached.
func (s *Story) judgeLimit(at int, v *api.Verdict) {
	r := &s.Rows[at]
	from := map[string]int{}
	own := 0
	for _, g := range s.Guesses {
		n := int(max(1, g.Count))
		from[g.Client.IP+" ("+g.Reason+")"] += n
		if g.Client.IP == r.IP {
			own += n
		}
	}
	limit := map[string]string{
		"account_limit": "LOGIN_LIMIT_ACCOUNT is " + s.AccountLimit,
		"address_limit": "LOGIN_LIMIT_ADDRESS is " + s.AddressLimit,
	}[r.Reason]
	lines := []string{fmt.Sprintf("in the hour before, sign-ins refused: %d from this client, %s", own, counts(from))}
	if limit != "" {
		lines = append(lines, limit)
	}
	if r.Reason == "address_limit" && r.Forwarded && !r.Proxied && inside(r.IP) {
		lines = append(lines, "the peer "+or(r.Peer, r.IP)+" sends the headers of a proxy, "+
			"and TRUSTED_PROXIES does not name it")
		(*named)(v).name("proxy_not_trusted", lines...)
		return
	}
	v.Evidence = strings.Join(lines, "\n")
}

// inside says whether an address is of a private network, where our own proxies
// are: a client anywhere else may have made the headers up.
func inside(ip string) bool {
	a, err := netip.ParseAddr(ip)
	return err == nil && (a.IsPrivate() || a.IsLoopback())
}

func counts(of map[string]int) string {
	names := slices.SortedFunc(maps.Keys(of), func(a, b string) int {
		return cmp.Or(cmp.Compare(of[b], of[a]), cmp.Compare(a, b))
	})
	var list []string
	for _, n := range names[:min(len(names), 5)] {
		list = append(list, fmt.Sprintf("%d from %s", of[n], n))
	}
	if len(names) == 0 {
		return "none that the audit still knows"
	}
	return "in all " + strings.Join(list, ", ")
}
