package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// target is one request, sent again and again.
type target struct {
	method, url string
	header      http.Header
	// bodies are sent in turn.
	bodies [][]byte
}

var turn atomic.Int64

var client = &http.Client{
	Transport: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true},
	Timeout:   15 * time.Second,
}

// send makes one request and gives its status.
func (t target) send(ctx context.Context) (int, error) {
	method := t.method
	if method == "" {
		method = http.MethodGet
	}
	var body []byte
	if len(t.bodies) > 0 {
		body = t.bodies[int(turn.Add(1))%len(t.bodies)]
	}
	req, err := http.NewRequestWithContext(ctx, method, t.url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header = t.header
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return res.StatusCode, err
}

// drive is a closed loop: so many clients, each sending its next request when
// the last one is answered. Anything but 200 fails the measurement.
func drive(ctx context.Context, t target, clients int, length time.Duration) (float64, error) {
	for until := time.Now().Add(length / 5); time.Now().Before(until); { // warm up
		if _, err := t.send(ctx); err != nil {
			return 0, err
		}
	}
	var done atomic.Int64
	var failed atomic.Value
	var all sync.WaitGroup
	began := time.Now()
	for range clients {
		all.Go(func() {
			for time.Since(began) < length && failed.Load() == nil {
				status, err := t.send(ctx)
				if err != nil || status != http.StatusOK {
					failed.Store(fmt.Errorf("%s: %d %w", t.url, status, err))
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	if err, ok := failed.Load().(error); ok {
		return 0, err
	}
	return float64(done.Load()) / time.Since(began).Seconds(), nil
}

// steady is an open loop: requests are due at a fixed rate, whether or not the
// earlier ones are answered.
func steady(ctx context.Context, t target, rate int, length time.Duration) ([]time.Duration, error) {
	n := int(length.Seconds() * float64(rate))
	took := make([]time.Duration, n)
	var failed atomic.Value
	var all sync.WaitGroup
	began := time.Now()
	for i := range n {
		due := began.Add(time.Duration(i) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due))
		all.Go(func() {
			status, err := t.send(ctx)
			took[i] = time.Since(due)
			if err != nil {
				failed.Store(fmt.Errorf("%s: %d %w", t.url, status, err))
			}
		})
	}
	all.Wait()
	err, _ := failed.Load().(error)
	return took, err
}

// flood sends without pause until ctx ends; what is refused does not matter.
func flood(ctx context.Context, t target, clients int) {
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for ctx.Err() == nil {
				if status, err := t.send(ctx); err == nil && status == http.StatusServiceUnavailable {
					time.Sleep(10 * time.Millisecond)
				}
			}
		})
	}
	all.Wait()
}

// once times one request.
func once(ctx context.Context, t target) (time.Duration, error) {
	began := time.Now()
	_, err := t.send(ctx)
	return time.Since(began), err
}
