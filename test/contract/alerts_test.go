package contract

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestAlertsAreSilencedByAPlainForm goes the way of a browser without scripts.
func TestAlertsAreSilencedByAPlainForm(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	b := w.browser().signIn(t, w.onHost(t, "admin"), password)
	if page := b.do(t, "GET", "/admin/alerts", nil); page.status != http.StatusOK || !strings.Contains(string(page.body), `action="/admin/alerts"`) {
		t.Fatal(page)
	}
	b.post(t, "/admin/alerts", url.Values{"alert": {"disk_space auth-1"}, "minutes": {"60"}, "reason": {""}}).want(t, http.StatusUnprocessableEntity, "")
	made := b.post(t, "/admin/alerts", url.Values{"alert": {"disk_space auth-1"}, "minutes": {"60"}, "reason": {"it is grown"}})
	if made.status != http.StatusSeeOther || made.header.Get("Location") != "/admin/alerts?notice=silenced" {
		t.Fatal(made)
	}
	page := b.do(t, "GET", "/admin/alerts", nil)
	_, rest, ok := strings.Cut(string(page.body), `name="id" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	if !ok || !strings.Contains(string(page.body), "it is grown") {
		t.Fatal(page)
	}
	ended := b.post(t, "/admin/alerts/unsilence", url.Values{"id": {id}})
	if ended.header.Get("Location") != "/admin/alerts?notice=unsilenced" {
		t.Fatal(ended)
	}
}
