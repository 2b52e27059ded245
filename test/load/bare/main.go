// Command bare is the baseline: the least program that answers HTTP with JSON, or
// with the arguments "proxy" and an address the least one that hands requests on.
package main

import (
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"
)

func main() {
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

func hello(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"hello": "world"})
}
