package config

import (
	"strings"
	"testing"
)

func TestSettingsOfTheCollector(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, value string
		good        bool
	}{
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318", true},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://otel.example.com/otlp/", true},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "127.0.0.1:4318", false},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "grpc://127.0.0.1:4317", false},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://u:hush@127.0.0.1:4318/v1/traces", false},
		{"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://127.0.0.1:4318/v1/logs?key=x", false},
		{"OTEL_TRACES_SAMPLER", "sometimes", false},
		{"OTEL_TRACES_SAMPLER_ARG", "0.25", true},
		{"OTEL_TRACES_SAMPLER_ARG", "25", false},
		{"OTEL_TRACES_SAMPLER_ARG", "NaN", false},
		{"OTEL_SDK_DISABLED", "true", true},
	} {
		_, err := load(Sources{Env: []string{c.name + "=" + c.value}})
		if (err == nil) != c.good || err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s=%s: %v", c.name, c.value, err)
		}
	}
}

// TestHeadersOfTheCollectorAreHidden: each value by itself too, for it is that which proves something.
func TestHeadersOfTheCollectorAreHidden(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, Sources{Env: []string{"OTEL_EXPORTER_OTLP_HEADERS=x-tenant=7,authorization=Bearer%20hush-hush-hush"}})
	hidden := map[string]bool{}
	for _, v := range c.Hidden() {
		hidden[string(v.Reveal())] = true
	}
	if !hidden["Bearer%20hush-hush-hush"] || !hidden["Bearer hush-hush-hush"] || hidden["7"] {
		t.Error("the value of a header is not hidden, or a short word is")
	}
}
