package gateway

import (
	"slices"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/proxyconf"
)

// TestProxiesAreToldOfTheSameHeaders: what is printed for them has a list of its own, for it stands below.
func TestProxiesAreToldOfTheSameHeaders(t *testing.T) {
	if !slices.Equal(Identity, proxyconf.Identity) {
		t.Error(proxyconf.Identity)
	}
	for _, name := range proxyconf.Claims {
		if !isClaim(name) {
			t.Errorf("%s is taken away by proxies alone", name)
		}
	}
	for name := range claimed {
		if !slices.ContainsFunc(slices.Concat(proxyconf.Claims, proxyconf.Identity), func(s string) bool { return lowered(s) == name }) {
			t.Errorf("%s is taken away by the gateway alone", name)
		}
	}
}

func lowered(name string) string { return strings.ToLower(name) }
