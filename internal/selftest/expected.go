package selftest

import "github.com/aiwfe/aiwfe-auth/api"

// expectations are what is seen where all is well.
var expectations = map[api.Cause]string{
	"third_party_cookies_blocked":  "the page is opened by itself, with its own address in the address bar",
	"insecure_context":             "the page is opened at PUBLIC_URL, with https",
	"public_url_mismatch":          "the address bar shows PUBLIC_URL",
	"origin_null":                  "Origin is the origin of PUBLIC_URL",
	"proxy_referrer_policy":        "Referrer-Policy is same-origin, as the server sends it",
	"proxy_rewrites_origin":        "Origin is the origin of PUBLIC_URL, and Sec-Fetch-Site is same-origin",
	"proxy_strips_csrf_header":     "the header X-CSRF-TOKEN arrives as it was sent",
	"cookie_duplicated":            "each cookie comes once",
	"cookie_unreadable":            "a cookie comes back as it was set",
	"cookies_blocked":              "the browser keeps cookies of this site",
	"cookie_not_returned":          "the cookie that was set comes with the next request",
	"cache_serves_auth":            "each browser gets an answer of its own, as Cache-Control: no-store asks for",
	"secret_differs_between_nodes": "every server of this service has the same DATA_ENCRYPTION_KEY",
	"browser_clock_off":            "the clocks differ by less than three minutes",
}

func expected(c api.Cause) string { return expectations[c] }

// remedies are what mends a cause where a page found it; for the others the
// catalogue says so.
var remedies = map[api.Cause]string{
	"cookie_duplicated": "Nothing needs to be done if it was seen once: the server has had the browser drop what it could, and the next " +
		"sign-in works. If it stays, another program or a proxy sets a cookie of the name that the evidence has, for another domain or path.",
	"cookie_not_returned": "Let the doctor judge the cookies as a browser would: it names the proxy or the setting. If one person alone " +
		"reports it, something on their own machine or in their network drops cookies.",
	"origin_null": "Let the doctor look from outside at what a proxy adds to the pages. If one person alone reports it, an extension of " +
		"their browser hides the origin.",
}

// Remedy is what mends it.
func (f Finding) Remedy() string {
	if text, ok := remedies[f.Cause]; ok {
		return text
	}
	return api.Causes[f.Cause].Remedy
}
