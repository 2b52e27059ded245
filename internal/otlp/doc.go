// Package otlp sends traces and logs to an OpenTelemetry collector, by OTLP over
// HTTP in its JSON form. It is off unless an endpoint is set; then
//
//	Span.End, Handler ──> queue, bounded ──> batches ──> POST, tried again
//
// Whoever records waits for nobody: what finds no room is dropped and counted.
// Nothing that proves who somebody is, no mail address and no query string
// leaves by here; see clean.
package otlp
