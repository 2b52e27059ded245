package web

import (
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/trace"
)

func TestEveryKindOfStepHasAName(t *testing.T) {
	w := words(t, "en")
	kinds := trace.Kinds()
	for _, kind := range kinds {
		if key := stepNames[kind]; key == "" || !w.Has(key) {
			t.Errorf("the kind %s has no name", kind)
		}
	}
	if len(kinds) != len(stepNames) {
		t.Errorf("%d kinds, %d names", len(kinds), len(stepNames))
	}
}
