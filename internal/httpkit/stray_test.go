package httpkit

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// expired are the cookies that an answer ends, as "name domain path".
func expired(h http.Header) (list []string) {
	for _, line := range h["Set-Cookie"] {
		c, err := http.ParseSetCookie(line)
		if err == nil && c.MaxAge < 0 && c.Value == "" {
			list = append(list, strings.Join([]string{c.Name, c.Domain, c.Path}, " "))
		}
	}
	return list
}

func TestHealEndsEveryFormOfACookieInTheWay(t *testing.T) {
	const session, id = "__Host-aiwfe_session", "abcdefghijklmnopqrstuvwxyz234567"
	for name, c := range map[string]struct {
		public, domain, path string
		cookies              []string
		want                 []string
	}{
		"all is well": {cookies: []string{session + "=abc; __Host-aiwfe_csrf=" + id}},
		"no cookie":   {},
		// One prefixed with __Host- stands in one place, so two of them were written by hand.
		"two in one header": {cookies: []string{session + "=a; " + session + "=b"}, want: []string{session + "  /"}},
		"two headers":       {cookies: []string{session + "=a", session + "=b"}, want: []string{session + "  /"}},
		"unreadable":        {cookies: []string{session + `="a b"`}, want: []string{session + "  /"}},
		"an id of another length": {
			cookies: []string{"__Host-aiwfe_csrf=old"}, want: []string{"__Host-aiwfe_csrf  /"},
		},
		"a value that the library drops": {
			cookies: []string{session + "=a\x7f"}, want: []string{session + "  /"},
		},
		"http, where any domain and path may stand": {
			public: "http://auth.corp.example.co.uk", path: "/login/verify",
			cookies: []string{"aiwfe_csrf=a; aiwfe_csrf=b"}, want: []string{
				"aiwfe_csrf  /", "aiwfe_csrf auth.corp.example.co.uk /", "aiwfe_csrf corp.example.co.uk /", "aiwfe_csrf example.co.uk /",
				"aiwfe_csrf  /login/verify", "aiwfe_csrf auth.corp.example.co.uk /login/verify", "aiwfe_csrf corp.example.co.uk /login/verify",
				"aiwfe_csrf example.co.uk /login/verify",
				"aiwfe_csrf  /login", "aiwfe_csrf auth.corp.example.co.uk /login", "aiwfe_csrf corp.example.co.uk /login",
				"aiwfe_csrf example.co.uk /login",
			},
		},
		"never above the registrable domain": {
			public: "http://me.duckdns.org", cookies: []string{"aiwfe_device=a; aiwfe_device=b"},
			want: []string{"aiwfe_device  /", "aiwfe_device me.duckdns.org /"},
		},
		"an address of digits has no domains": {
			public: "http://127.0.0.1:8080", cookies: []string{"aiwfe_lang=de; aiwfe_lang=fr"}, want: []string{"aiwfe_lang  /"},
		},
		"a shared session": {
			domain: "example.com", cookies: []string{"__Secure-aiwfe_session=a; __Secure-aiwfe_session=b"}, want: []string{
				"__Secure-aiwfe_session  /", "__Secure-aiwfe_session auth.example.com /", "__Secure-aiwfe_session example.com /",
			},
		},
		// What other settings left: of this host alone, for a neighbour may use the domain above.
		"left from http": {
			cookies: []string{"aiwfe_session=abc; " + session + "=def"},
			want:    []string{"aiwfe_session  /", "aiwfe_session auth.example.com /"},
		},
		"a neighbour's shared session": {
			cookies: []string{"__Secure-aiwfe_csrf=abc"},
			want:    []string{"__Secure-aiwfe_csrf  /", "__Secure-aiwfe_csrf auth.example.com /"},
		},
		"other programs are left alone": {
			cookies: []string{"session=a; session=b; aiwfe=a; aiwfe_sessions=a; aiwfe_sessions=b; xaiwfe_session=a; __host-aiwfe_session=a; csrf=x"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := withLogin(t)
			w.Kit = build(t, func(o *Options) {
				o.Login, o.CookieDomain = w.o.Login, c.domain
				if c.public != "" {
					o.PublicURL = must(o.PublicURL.Parse(c.public))
				}
			}).Kit
			path := c.path
			if path == "" {
				path = "/"
			}
			r := ask(http.MethodGet, path, "")
			for _, line := range c.cookies {
				r.Header.Add("Cookie", line)
			}
			q := w.look(r)
			q.Heal()
			q.Heal() // once is enough
			if d := cmp.Diff(c.want, expired(q.Header())); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestHealingStaysWithinTheRoomOfAProxy(t *testing.T) {
	w := withLogin(t)
	w.o.PublicURL = must(w.o.PublicURL.Parse("http://" + strings.Repeat("a.", 60) + "example.com"))
	r := ask(http.MethodGet, "/a/b/c/d/e/f/g/h", "")
	for _, base := range ourCookies {
		r.Header.Add("Cookie", base+"=a; "+base+"=b; __Host-"+base+"=c; __Secure-"+base+"=d")
	}
	q := w.look(r)
	q.Heal()
	size := 0
	for _, line := range q.Header()["Set-Cookie"] {
		size += len(line)
	}
	if size == 0 || size > mostHealing {
		t.Errorf("healing adds %d bytes, and %d are the most", size, mostHealing)
	}
}

// What is set after healing stays, since browsers go through the headers in their order.
func TestFreshCookieComesAfterThoseThatEnd(t *testing.T) {
	w := withLogin(t)
	r := ask(http.MethodGet, "/", "")
	r.Header.Set("Cookie", "__Host-aiwfe_csrf=a; __Host-aiwfe_csrf=b")
	q := w.look(r)
	q.Heal()
	if _, err := q.NewToken(); err != nil {
		t.Fatal(err)
	}
	lines := q.Header()["Set-Cookie"]
	if len(lines) != 2 || !strings.Contains(lines[0], "Max-Age=0") || strings.Contains(lines[1], "Max-Age=0") {
		t.Errorf("set are %q", lines)
	}
}

// A session cookie that is of no session gives way to the new one in the same answer, wherever it stands.
func TestOldSessionGivesWayToTheNewOne(t *testing.T) {
	w := withLogin(t)
	for name, stale := range map[string]bool{"of no session": true, "none": false} {
		b := w.browser(t)
		if stale {
			b.cookies[sessionCookie] = strings.Repeat("a", 43)
		}
		var lines []string
		b.do(http.MethodPost, func(q *Request) {
			q.SetSession("new", noon.Add(1))
			lines = q.Header()["Set-Cookie"]
		})
		if ended := len(lines) == 2 && strings.Contains(lines[0], "Max-Age=0") && strings.Contains(lines[1], "=new;"); ended != stale {
			t.Errorf("%s: set are %q", name, lines)
		}
	}
}

// A former COOKIE_DOMAIN left a session of this service, which no neighbour can miss.
func TestSessionOfAFormerDomainIsClearedThereToo(t *testing.T) {
	w := withLogin(t)
	b := w.browser(t)
	b.signIn()
	r := ask(http.MethodGet, "/", "")
	r.Header.Set("Cookie", "__Secure-aiwfe_session="+b.cookies[sessionCookie])
	q := w.look(r)
	q.Heal()
	want := []string{
		"__Secure-aiwfe_session  /", "__Secure-aiwfe_session auth.example.com /", "__Secure-aiwfe_session example.com /",
	}
	if d := cmp.Diff(want, expired(q.Header())); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestHealingLetsNoForgeryIn: cookies planted by a sibling host, and forms of another site. Whatever is cleared, the
// request is refused, and so is the same request once more with the cookies of the answer.
func TestHealingLetsNoForgeryIn(t *testing.T) {
	w := withLogin(t)
	attacker := w.browser(t)
	theirs := attacker.token()
	for name, change := range map[string]func(*browser, *http.Request){
		"the attacker's id beside the victim's": func(v *browser, r *http.Request) {
			r.Header.Add("Cookie", csrfCookie+"="+attacker.cookies[csrfCookie])
		},
		"the attacker's id in place of an unreadable one": func(v *browser, r *http.Request) {
			r.Header.Set("Cookie", csrfCookie+`="x"; `+csrfCookie+"="+attacker.cookies[csrfCookie])
		},
		"the attacker's id under an old name": func(v *browser, r *http.Request) {
			r.Header.Set("Cookie", "aiwfe_csrf="+attacker.cookies[csrfCookie])
		},
		"marked as renewed": func(v *browser, r *http.Request) { r.URL.RawQuery = "renewed=1" },
	} {
		t.Run(name, func(t *testing.T) {
			victim := w.browser(t)
			victim.signIn()
			victim.token()
			for _, site := range []string{"same-origin", "cross-site", "same-site"} {
				form := "renewed=1&csrf_token=" + theirs
				r := ask(http.MethodPost, "/", form, "Content-Type: application/x-www-form-urlencoded", "Origin: "+own, "Sec-Fetch-Site: "+site)
				for cookie, value := range victim.cookies {
					r.AddCookie(&http.Cookie{Name: cookie, Value: value})
				}
				change(victim, r)
				var err error
				res := w.serve(r, func(w http.ResponseWriter, _ *http.Request) {
					q := From(w)
					q.Tend()
					_, err = q.ReceiveForm()
				})
				if got := codeOf(err); got == "" {
					t.Errorf("%s: a forged form passed", site)
				}
				for _, c := range res.Cookies() {
					if c.MaxAge >= 0 && c.Value == attacker.cookies[csrfCookie] {
						t.Errorf("%s: the victim is given the attacker's id", site)
					}
				}
			}
		})
	}
}
