package password

import "context"

type sourceKey struct{}

// From names where the hashes that are asked for under the context come from:
// the network of the client's address. The queue is fair between sources.
func From(ctx context.Context, network string) context.Context {
	return context.WithValue(ctx, sourceKey{}, network)
}

func sourceOf(ctx context.Context) string {
	s, _ := ctx.Value(sourceKey{}).(string)
	return s
}
