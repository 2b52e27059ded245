package pause

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestItEndsWithTheTimeOrWithTheContext(t *testing.T) {
	if err := For(t.Context(), time.Millisecond); err != nil {
		t.Error(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := For(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
