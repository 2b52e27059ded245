package otlp

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// How a batch is tried: each try for so long, then again after a pause that
// doubles, or that the collector asks for, and in all for no longer than that.
const (
	tryTime    = 10 * time.Second
	firstPause = time.Second
	mostPause  = 30 * time.Second
	patience   = time.Minute
)

// post sends one batch to an address, until it is taken, refused for good, or
// there is no time left.
func (e *Exporter) post(ctx context.Context, to string, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for pause := firstPause; ; pause = min(2*pause, mostPause) {
		again, wait, err := e.try(ctx, to, body)
		if err == nil {
			e.well(to)
			return nil
		}
		e.told(to, err)
		if !again {
			return err
		}
		if wait == 0 {
			wait = pause
		}
		if until, ok := ctx.Deadline(); ok && time.Until(until) < wait {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return err
		}
	}
}

func (e *Exporter) try(ctx context.Context, to string, body []byte) (again bool, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return false, 0, fmt.Errorf("the address of the collector cannot be used: %w", err)
	}
	r.Header = e.headers.Clone()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "aiwfe-auth/"+e.o.Version)
	answer, err := e.client.Do(r)
	if err != nil {
		return true, 0, fmt.Errorf("the collector at %s cannot be reached: %w", to, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	switch answer.StatusCode {
	case http.StatusOK, http.StatusAccepted, http.StatusNoContent:
		return false, 0, rejected(to, text)
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		again = true
	}
	return again, after(answer.Header.Get("Retry-After")), fmt.Errorf("the collector at %s answers %s", to, answer.Status)
}

// rejected reads an answer of success that says what was not taken. That is not
// tried again, and counts as lost only where it is all.
func rejected(to string, text []byte) error {
	var partial struct {
		PartialSuccess struct {
			RejectedSpans, RejectedLogRecords json.Number
			ErrorMessage                      string
		}
	}
	if json.Unmarshal(text, &partial) != nil || partial.PartialSuccess.ErrorMessage == "" {
		return nil
	}
	return fmt.Errorf("the collector at %s took a part alone: %s", to, clean(partial.PartialSuccess.ErrorMessage))
}

func after(text string) time.Duration {
	if n, err := strconv.Atoi(text); err == nil && n > 0 {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}
