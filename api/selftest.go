package api

import "time"

// SelfTest is what a page of ours saw of the browser that shows it.
type SelfTest struct {
	Page    string `json:"page" doc:"The path of the page." maxLength:"100"`
	Origin  string `json:"origin" doc:"The origin in the address bar." maxLength:"300"`
	Made    int64  `json:"made" doc:"When the server made the page, in milliseconds since 1970, as the page says."`
	Open    int64  `json:"open" doc:"Milliseconds since the browser asked for the page."`
	Now     int64  `json:"now" doc:"The browser's clock, in milliseconds since 1970."`
	Framed  bool   `json:"framed" doc:"Whether the page stands in a frame."`
	Secure  bool   `json:"secure" doc:"Whether the browser calls it a secure context."`
	Cookies bool   `json:"cookies" doc:"Whether the browser says that it keeps cookies."`
	// Kept is asked only where our own cookie did not come back.
	Kept *bool `json:"kept,omitzero" doc:"Whether a cookie that the page itself wrote could be read again; only where it was tried."`
	// Policy is asked only where the browser sent no Referer.
	Policy *string `json:"policy,omitzero" doc:"The Referrer-Policy of the page; only where it was asked for." maxLength:"200"`
	Again  bool    `json:"again,omitzero" doc:"Whether it was refused once and is sent with a fresh token."`
	Lang   string  `json:"lang" doc:"The language of the page." maxLength:"10"`
}

// Validate gives the faults of the fields.
func (s *SelfTest) Validate() (bad []FieldError) {
	for _, f := range [...]struct {
		pointer string
		wrong   bool
	}{
		{"/page", len(s.Page) > 100},
		{"/origin", len(s.Origin) > 300},
		{"/made", s.Made < 0},
		{"/open", s.Open < 0},
		{"/now", s.Now < 0},
		{"/policy", s.Policy != nil && len(*s.Policy) > 200},
		{"/lang", len(s.Lang) > 10},
	} {
		if f.wrong {
			bad = append(bad, FieldError{f.pointer, "out_of_range", "This value is out of range."})
		}
	}
	return bad
}

// SelfTestAnswer says whether something is wrong.
type SelfTestAnswer struct {
	OK     bool   `json:"ok" doc:"Whether nothing was found."`
	Look   string `json:"look,omitzero" doc:"The header of its own that the page should look at and tell in a second call." enum:"referrer-policy"`
	Report string `json:"report,omitzero" doc:"Six characters that lead an administrator to the cause."`
	Text   string `json:"text,omitzero" doc:"What the person can do, in the language of the page."`
}

// BrowserReport is what a page found wrong with a browser.
type BrowserReport struct {
	Code      string    `json:"code" doc:"The six characters that the page showed."`
	At        time.Time `json:"at"`
	LastAt    time.Time `json:"last_at" doc:"When the same was found last in the same browser."`
	Count     int64     `json:"count" doc:"How often it was found."`
	Findings  []Finding `json:"findings" doc:"What is wrong, the root first."`
	Page      string    `json:"page"`
	IP        string    `json:"ip"`
	UserAgent string    `json:"user_agent"`
	RequestID string    `json:"request_id"`
}

// BrowserReportList is a list of them.
type BrowserReportList struct {
	Items      []BrowserReport `json:"items"`
	NextCursor *string         `json:"next_cursor" doc:"Always null."`
}
