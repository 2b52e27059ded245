package main

import (
	"context"
	"fmt"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

// storms asks for session checks at 100 a second, alone and while so many clients sign in without pause.
func storms(ctx context.Context, w *world) ([]bench.Row, error) {
	n, err := w.everydayNode(ctx, onSQLite, "cached")
	if err != nil {
		return nil, err
	}
	var rows []bench.Row
	for _, clients := range []int{16, 64, 256} {
		p, err := n.signIn(ctx, watcher)
		if err != nil {
			return rows, err
		}
		s := bench.Storm{Clients: clients, Rate: 100, Length: w.length}
		if s.Check, err = n.get("/api/v1/auth/status", "Authorization: Bearer "+p.token); err != nil {
			return rows, err
		}
		if s.Login, err = n.loginWires(ctx); err != nil {
			return rows, err
		}
		done := n.profile(w, fmt.Sprintf("a storm of %d", clients))
		more, err := s.Rows(ctx)
		done()
		if rows = append(rows, more...); err != nil {
			return rows, err
		}
	}
	return rows, nil
}
