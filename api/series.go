package api

// Series is the answer of GET /api/v1/admin/metrics/series: what charts draw.
type Series struct {
	Range       string  `json:"range" enum:"1h,24h,7d,30d"`
	StepSeconds int     `json:"step_seconds" doc:"The width of each point."`
	At          []int64 `json:"at" doc:"When each point begins, in seconds since 1970. The last one is not over yet."`
	// Series and Failures have a value for each point.
	Series map[string][]*float64 `json:"series" doc:"The curves by name, each with a value for each point; null where nothing happened."`
	// Failures are told to administrators alone, so they have the private reason.
	Failures map[string][]*float64 `json:"failures" doc:"Refused sign-ins by reason."`
	Targets  map[string]float64    `json:"targets" doc:"What a curve should stay above or below, by its name."`
}
