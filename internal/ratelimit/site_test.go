package ratelimit

import (
	"fmt"
	"testing"
	"time"
)

func TestSiteIsOfIPv6Alone(t *testing.T) {
	for network, want := range map[string]string{
		"2001:db8:1:2::/64": "2001:db8:1::/48", "2001:db8:1:2::7": "2001:db8:1::/48", "2001:db8::/64": "2001:db8::/48",
		"192.0.2.7": "", "::ffff:192.0.2.7": "", "local": "", "": "", "2001:zz::/64": "",
	} {
		if got, ok := Site(network); got != want || ok != (want != "") {
			t.Errorf("%q is of %q", network, got)
		}
	}
}

// Whoever holds a /48 holds 65,536 networks.
func TestNetworksOfOneSiteShareALimit(t *testing.T) {
	const limit = 60
	l, allowed := NewLocal(limit, time.Minute), 0
	for i := range 2000 {
		for range 2 {
			if wait, ok := l.Spend(fmt.Sprintf("2001:db8:1:%x::/64", i), noon); ok {
				allowed++
			} else if wait != time.Minute {
				t.Fatalf("network %d is told to wait %s", i, wait)
			}
		}
	}
	if allowed != SiteShare*limit {
		t.Errorf("2,000 networks of one site were allowed %d, not %d", allowed, SiteShare*limit)
	}
	if _, ok := l.Spend("2001:db8:2:1::/64", noon); !ok {
		t.Error("another site is refused")
	}
	if _, ok := l.Spend("2001:db8:1:1::/64", noon.Add(time.Minute)); !ok {
		t.Error("the site is refused after its window")
	}
}

// A single home that is loud must not shut its neighbours out.
func TestARefusedNetworkUsesNothingOfItsSite(t *testing.T) {
	l := NewLocal(1, time.Minute)
	for range 1000 {
		l.Spend("2001:db8:1:1::/64", noon)
	}
	for i := range SiteShare - 1 {
		if _, ok := l.Spend(fmt.Sprintf("2001:db8:1:%x::/64", i+2), noon); !ok {
			t.Fatalf("neighbour %d is refused", i)
		}
	}
	if _, ok := l.Spend("2001:db8:1:ff::/64", noon); ok {
		t.Error("the site has no limit")
	}
}

func TestResizedLimitHoldsAtOnce(t *testing.T) {
	l := NewLocal(5, time.Hour)
	for range 3 {
		l.Spend("192.0.2.1", noon)
	}
	l.Resize(3, time.Hour)
	if _, ok := l.Spend("192.0.2.1", noon); ok {
		t.Error("what was counted before is forgotten")
	}
	l.Resize(4, time.Hour)
	if _, ok := l.Spend("192.0.2.1", noon); !ok {
		t.Error("a higher limit does not hold")
	}
	l.Resize(4, time.Minute)
	if wait, ok := l.Spend("192.0.2.1", noon); !ok || wait > time.Minute {
		t.Error("a shorter window does not hold")
	}
}
