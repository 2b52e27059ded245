package password

import (
	"context"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"
)

// The pooled figure is to stay at 90 % of the raw one and above.
func BenchmarkRawArgon2id(b *testing.B) {
	salt := make([]byte, saltBytes)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			argon2.IDKey([]byte("correct horse battery"), salt, 2, 19456, 1, keyBytes)
		}
	})
}

func BenchmarkPooledCheck(b *testing.B) {
	h, err := New(Options{MaxWait: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	s, err := h.Hash(context.Background(), "correct horse battery")
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if r, err := h.Check(context.Background(), s, "correct horse battery"); err != nil || !r.OK {
				b.Error(r, err)
			}
		}
	})
}

func BenchmarkPolicy(b *testing.B) {
	p := policy(b, PolicyOptions{})
	for b.Loop() {
		p.Refuse("seven blue kettles on a shelf", false, "marie.curie@example.com")
	}
}
