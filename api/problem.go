package api

// Problem is an error as RFC 9457 has it (application/problem+json), with our
// extension members from Code on.
type Problem struct {
	Type      string `json:"type" doc:"Address of a page about this code."`
	Title     string `json:"title" doc:"What the code means; the same for every occurrence."`
	Status    int    `json:"status" doc:"The HTTP status."`
	Detail    string `json:"detail,omitzero" doc:"A sentence about this occurrence, safe to show to a person."`
	Code      Code   `json:"code" doc:"The stable code to switch on."`
	RequestID string `json:"request_id" doc:"The X-Request-ID of this answer; the operator finds the cause by it."`
	// LegacyDetail is the constant that FastAPI-Users had for the case.
	LegacyDetail string       `json:"legacy_detail,omitzero" doc:"FastAPI-Users' constant for this case."`
	RetryAfter   int          `json:"retry_after,omitzero" doc:"Seconds to wait, as in the Retry-After header."`
	Errors       []FieldError `json:"errors,omitzero" doc:"Faults of single fields."`
	Report       string       `json:"report,omitzero" doc:"Six characters that lead an administrator to what is wrong with the browser; of a page's self-test only."`
}

// FieldError is the fault of one field; it never repeats the value sent.
type FieldError struct {
	Pointer string `json:"pointer" doc:"JSON Pointer (RFC 6901) to the field."`
	Code    string `json:"code" doc:"What is wrong, such as required or wrong_type."`
	Detail  string `json:"detail" doc:"A sentence for the person."`
}
