package main

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

// timing sends refusals of a known and of an unknown address in turn. The AUC is the chance that the slower one is the
// known one: 0.5 tells nothing.
func timing(ctx context.Context, w *world) ([]bench.Row, error) {
	n, err := w.everydayNode(ctx, onSQLite, "cached")
	if err != nil {
		return nil, err
	}
	p, err := n.signIn(ctx, boss)
	if err != nil {
		return nil, err
	}
	var both []bench.Request
	for _, email := range []string{"nobody@example.com", boss} {
		body, _ := json.Marshal(map[string]string{"email": email, "password": "a wrong sentence to measure by"})
		both = append(both, bench.Request{
			Method: http.MethodPost, URL: n.url + "/api/v1/auth/jwt/login", Body: string(body),
			Header: []string{"Content-Type: application/json", "X-CSRF-TOKEN: " + p.csrf},
		})
	}
	wires, err := bench.Prepare(both...)
	if err != nil {
		return nil, err
	}
	got, err := bench.Load{Wires: wires, Clients: 1, Length: 6 * w.length}.Run(ctx)
	if err != nil {
		return nil, err
	}
	var known, unknown []time.Duration
	for i, took := range got.Took {
		if i%2 == 0 {
			known = append(known, took)
		} else {
			unknown = append(unknown, took)
		}
	}
	auc := areaUnderCurve(known, unknown)
	return []bench.Row{bench.Row{
		ID: "refusal-auc", What: "refusal, known against unknown address: AUC off 0.5", Got: max(auc, 1-auc) - 0.5,
	}.AtMost(0.1)}, nil
}

func areaUnderCurve(a, b []time.Duration) float64 {
	var wins float64
	for _, x := range a {
		for _, y := range b {
			switch {
			case x > y:
				wins++
			case x == y:
				wins += 0.5
			}
		}
	}
	return wins / float64(len(a)*len(b))
}
