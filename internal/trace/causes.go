package trace

// words are what is said of a cause or of a reason.
type words struct {
	title, text, remedy string
	commands            []string
}

var lookOutside = []string{"aiwfe-auth doctor", "aiwfe-auth doctor --url PUBLIC_URL"}

// causes are what the steps of an attempt prove, beyond the reason of the
// refusal. Where the doctor knows the same cause, it has the same name.
var causes = map[string]words{
	"cookie_not_returned": {
		"A cookie was set and did not come back",
		"The server gave the browser a cookie, and the next request of the same browser came without it. The browser refused the cookie, or something between drops Cookie or Set-Cookie.",
		"Run the doctor from outside: it judges every cookie as a browser would and compares what was sent with what arrives. If only one person is struck, their browser blocks cookies of this site. A program must keep the cookies that it is given.",
		lookOutside,
	},
	"cookie_domain_mismatch": {
		"The Domain of the session cookie does not cover the host that people use",
		"The cookie was set with a Domain that the host of the request does not belong to. A browser throws such a cookie away without a word.",
		"Set COOKIE_DOMAIN to a domain that the host ends in, or leave it empty, which gives the cookie to the host alone.",
		[]string{"aiwfe-auth config show", "aiwfe-auth doctor"},
	},
	"cookie_of_another_host": {
		"The cookie was set at one host, and the next request went to another",
		"A cookie belongs to the host that set it. The sign-in went to one host name and the request after it to another one, such as with and without www, or localhost and 127.0.0.1.",
		"Let everybody use one name: list the other one in PUBLIC_ALIASES, which redirects it to PUBLIC_URL, or have the proxy redirect it. Where two hosts are meant to share the sign-in, set COOKIE_DOMAIN.",
		[]string{"aiwfe-auth config show", "aiwfe-auth doctor --url PUBLIC_URL"},
	},
	"cookie_secure_over_http": {
		"A Secure cookie met a connection by plain http",
		"PUBLIC_URL is https, so the cookie is Secure, and the request came by http. A browser neither stores nor sends such a cookie there.",
		"Let people come by https alone and have the proxy redirect http. If they do, the proxy does not say so: it must send X-Forwarded-Proto, and TRUSTED_PROXIES must name it.",
		lookOutside,
	},
	"cookie_not_sent_cross_site": {
		"The browser does not send the cookie from a page of another site",
		"The request was made by a page of another site or inside a frame. Our cookies are SameSite=Lax: a browser keeps them back there, and many block them altogether.",
		"Serve the page under the same site as PUBLIC_URL, or let it use access tokens in place of the cookie.",
		[]string{"aiwfe-auth config show"},
	},
	"cookie_lost_later": {
		"The session cookie came back for a while and then no longer",
		"The browser returned the cookie after the sign-in, so it was stored. Later it was gone: deleted by the person or the browser, replaced at a sign-out in another tab, or dropped on the way of this one request.",
		"If it strikes one kind of request, compare what the proxy passes on for it. Otherwise the person signs in again.",
		[]string{"aiwfe-auth doctor --url PUBLIC_URL"},
	},
	"cookie_duplicated": {
		"The browser sent two cookies of one name",
		"Two cookies of the same name came, so nobody can tell which one is ours; neither counts. The other was set by an older configuration with another Domain or Path, or by another program on a sibling host.",
		"Delete the cookies of this site in the browser. If it strikes many, look which program under the same domain sets a cookie of this name, and give that one another name.",
		[]string{"aiwfe-auth doctor --url PUBLIC_URL"},
	},
	"cookie_mangled": {
		"The cookie came back with a value that we never set",
		"The value is quoted, cut or encoded: something between rewrites cookies, or a program copied it wrongly.",
		"Compare a request sent past the proxy with one through it.",
		lookOutside,
	},
	"cookie_is_an_older_one": {
		"Another session cookie came than the one that was set",
		"The browser was given a session and then showed another, older one. A cookie of the same name with a longer path, or of another domain, stands in its way.",
		"Delete the cookies of this site in the browser once. See that COOKIE_DOMAIN and PUBLIC_URL stay as they are.",
		[]string{"aiwfe-auth config show", "aiwfe-auth doctor --url PUBLIC_URL"},
	},
	"signed_out": {
		"This browser had signed out before",
		"An earlier request of the same browser ended the session and cleared its cookie; this one came after it.",
		"Nothing needs to be done; the person signs in again.",
		[]string{},
	},
	"host_without_cookie": {
		"The session cookie does not reach the host of the application",
		"Nobody was signed in at the host that was wanted, and browsers do not send our cookie there: it is not the host of PUBLIC_URL and not below COOKIE_DOMAIN. " +
			"Whoever signs in stays a stranger there.",
		"Set COOKIE_DOMAIN to a domain that PUBLIC_URL and the application have in common. A program shows a bearer token.",
		[]string{"aiwfe-auth config show", "aiwfe-auth policy check --user ADDRESS --url https://HOST/"},
	},
	"csrf_token_not_arrived": {
		"The CSRF token was fetched and did not arrive",
		"This browser was given a token and sent the request without one, through a proxy. Either the proxy drops the header X-CSRF-TOKEN, or the program does not send it.",
		"Send one request past the proxy and one through it; the doctor does both. A proxy that drops unknown headers must pass X-CSRF-TOKEN on.",
		lookOutside,
	},
	"public_url_mismatch": {
		"People open the service at another address than PUBLIC_URL",
		"The page was opened at the very host that was asked, and PUBLIC_URL names another address. So the server takes its own pages for those of a stranger.",
		"Set PUBLIC_URL to the address that stands in the browser, scheme and port included. If the other name is to go on, list it in PUBLIC_ALIASES, which redirects it.",
		[]string{"aiwfe-auth config show", "aiwfe-auth doctor"},
	},
	"proxy_not_trusted": {
		"A proxy stands in between that TRUSTED_PROXIES does not name",
		"The request came with the headers of a proxy, from a peer whose headers do not count. So everybody seems to come from the proxy's address, and host and scheme are taken from its own connection.",
		"Name the address of the proxy in TRUSTED_PROXIES, and nothing wider.",
		[]string{"aiwfe-auth config show", "aiwfe-auth doctor"},
	},
}
