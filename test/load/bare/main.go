// Command bare is the baseline: the least program that answers HTTP with JSON, or
// with the arguments "proxy" and an address the least one that hands requests on.
package main

import (
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"time"
)

// values are texts by their length.
var values = map[int][]string{}

func main() {
	for _, length := range answered {
		values[length] = []string{strings.Repeat("x", length)}
	}
	s := &http.Server{Addr: os.Args[1], Handler: http.HandlerFunc(hello), ReadHeaderTimeout: time.Second}
	if len(os.Args) == 4 && os.Args[2] == "proxy" {
		to, err := url.Parse(os.Args[3])
		if err != nil {
			panic(err)
		}
		// As many kept connections as the gateway has: with the two of the library it would measure handshakes.
		s.Handler = &httputil.ReverseProxy{
			Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(to)
				r.SetXForwarded()
			},
			Transport: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true},
		}
	}
	_ = s.ListenAndServe()
}

// answered are the headers of an answer to forward-auth, each with a value as long as there.
var answered = map[string]int{
	"Remote-User": 36, "Remote-Email": 19, "Remote-Name": 12, "Remote-Groups": 4, "X-Auth-Request-User": 36,
	"X-Auth-Request-Email": 19, "X-Auth-Request-Groups": 4, "X-Auth-Session-Id": 36, "X-Auth-Assertion": 640, "Cookie": 0,
	"X-Content-Type-Options": 7, "X-Frame-Options": 4, "Referrer-Policy": 11, "Content-Security-Policy": 95,
	"Cross-Origin-Opener-Policy": 11, "Cross-Origin-Resource-Policy": 11, "Cache-Control": 8, "X-Request-Id": 20,
}

func hello(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/headers" {
		for name, length := range answered {
			w.Header()[name] = values[length]
		}
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"hello": "world"})
}
