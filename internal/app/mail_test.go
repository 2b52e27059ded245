package app

import (
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
	"github.com/aiwfe/aiwfe-auth/internal/config"
)

func TestTheSenderHasTheNameOfTheProductWhereItHasNone(t *testing.T) {
	for _, one := range []struct{ from, product, want string }{
		{"no-reply@example.com", brand.DefaultName, "no-reply@example.com"},
		{"no-reply@example.com", "Example Cloud", `"Example Cloud" <no-reply@example.com>`},
		{"no-reply@example.com", `<b>&"' x@y`, `"<b>&\"' x@y" <no-reply@example.com>`},
		{"no-reply@example.com", "Müller", "=?utf-8?q?M=C3=BCller?= <no-reply@example.com>"},
		{"Help Desk <no-reply@example.com>", "Example Cloud", "Help Desk <no-reply@example.com>"},
		{"", "Example Cloud", ""},
	} {
		if got := sender(&config.Config{MailFrom: one.from, ProductName: one.product}); got != one.want {
			t.Errorf("%s of %s: %s, want %s", one.from, one.product, got, one.want)
		}
	}
}
