package contract

import (
	"net/http"
	"strings"
	"testing"
)

// TestAddressesThatLookAlikeAreOthers: GitHub 2016, Django CVE-2019-19844. A letter that lower-cases to ASCII is not ASCII.
func TestAddressesThatLookAlikeAreOthers(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	const email = "mike.kelvin@example.com"
	w.program().do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": password}).want(t, http.StatusCreated, "")
	type lookalike struct{ name, address string }
	all([]lookalike{
		{"the Kelvin sign", strings.Replace(email, "k", "\u212a", 1)},
		{"a dotless i", strings.Replace(email, "i", "ı", 1)},
		{"a dotted capital I", strings.Replace(email, "i", "İ", 1)},
		{"full width", strings.Replace(email, "m", "ｍ", 1)},
		{"a Cyrillic e", strings.Replace(email, "e", "е", 1)},
		{"a soft hyphen", strings.Replace(email, ".", "\u00ad.", 1)},
		{"a blank of no width", email[:4] + "\u200b" + email[4:]},
		{"a long s", strings.Replace(email, "example", "exam\u017fple", 1)},
	}, func(k lookalike) {
		a := w.program().login(t, k.address, password)
		if a.status != http.StatusUnauthorized && a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: signed in as somebody else: %s", k.name, a)
		}
		a = w.program().do(t, "POST", "/api/v1/auth/register", object{"email": k.address, "password": another})
		if a.status == http.StatusCreated && a.text("email") == email {
			t.Errorf("%s: made a second account of one address: %s", k.name, a)
		}
	})
	w.program().login(t, strings.ToUpper(email), password).want(t, http.StatusOK, "")
	w.program().login(t, email, another).want(t, http.StatusUnauthorized, "invalid_credentials")
}

// TestAddressIsKeptInOneSpelling, that of lower case; rows made by hand are found by it.
func TestAddressIsKeptInOneSpelling(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	a := w.program().do(t, "POST", "/api/v1/auth/register", object{"email": "Grace.Hopper@Example.COM", "password": password})
	a.want(t, http.StatusCreated, "")
	for _, spelled := range []string{"grace.hopper@example.com", "Grace.Hopper@Example.COM", "GRACE.HOPPER@EXAMPLE.COM"} {
		w.program().login(t, spelled, password).want(t, http.StatusOK, "")
	}
	admin := w.admin(t)
	if id := w.idOf(t, admin, "GRACE.HOPPER"); id != a.text("id") {
		t.Errorf("the search of administrators has case: %s", id)
	}
}
