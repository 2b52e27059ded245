// Command bare is the baseline: the least program that answers HTTP with JSON.
package main

import (
	"encoding/json"
	"net/http"
	"os"
	"time"
)

func main() {
	http.HandleFunc("GET /hello", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"hello": "world"})
	})
	_ = (&http.Server{Addr: os.Args[1], ReadHeaderTimeout: time.Second}).ListenAndServe()
}
