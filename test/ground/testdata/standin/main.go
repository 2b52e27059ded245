// Command standin answers like aiwfe-auth in the few ways the tests of package ground ask about, and obeys the same
// environment variables.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	switch {
	case len(os.Args) < 2:
		os.Exit(2)
	case os.Args[1] == "env":
		fmt.Print(strings.Join(os.Environ(), "\n"))
	case os.Args[1] == "echo":
		_, _ = io.Copy(os.Stdout, os.Stdin)
		os.Exit(3)
	case os.Args[1] == "serve":
		serve()
	}
}

func serve() {
	if os.Getenv("STANDIN_REFUSES") != "" {
		fmt.Fprintln(os.Stderr, "STANDIN_REFUSES is set.")
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	asked := 0
	http.HandleFunc("/api/health/ready", func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	server := &http.Server{Addr: os.Getenv("LISTEN_ADDR"), ReadHeaderTimeout: time.Second}
	go func() {
		var err error
		if cert := os.Getenv("TLS_CERT_FILE"); cert != "" {
			err = server.ListenAndServeTLS(cert, os.Getenv("TLS_KEY_FILE"))
		} else {
			err = server.ListenAndServe()
		}
		if err != nil && ctx.Err() == nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}()
	fmt.Println("serving", os.Args[2:])
	<-ctx.Done()
	if os.Getenv("STANDIN_IGNORES_TERM") != "" {
		select {}
	}
}
