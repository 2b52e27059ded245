package api

// Policy is the rules for applications that hold now, in the order in which they
// decide, and the applications behind this server. What no rule is about is closed.
type Policy struct {
	File         string              `json:"file" doc:"POLICY_FILE; empty where the default holds."`
	Refused      bool                `json:"refused" doc:"Whether the settings were changed since and could not be taken over; the doctor says why."`
	Rules        []PolicyRule        `json:"rules"`
	Applications []PolicyApplication `json:"applications"`
}

// PolicyRule is one rule. Lists that are empty are about all there is.
type PolicyRule struct {
	Name         string   `json:"name"`
	Line         int      `json:"line" doc:"Where it begins in its file; 0 for the default."`
	Hosts        []string `json:"hosts"`
	Paths        []string `json:"paths"`
	Methods      []string `json:"methods"`
	Allow        string   `json:"allow" enum:"everyone,signed_in,nobody"`
	Roles        []string `json:"roles" doc:"One of them is enough."`
	Scopes       []string `json:"scopes" doc:"All of them are needed."`
	Proof        string   `json:"proof" doc:"second_factor or phishing_resistant; empty for any."`
	FreshSeconds int      `json:"fresh_seconds" doc:"How long ago the last full proof may be; 0 for any time."`
	Where        string   `json:"where" doc:"The places in words."`
	Wants        string   `json:"wants" doc:"Who gets in, in words."`
}

// PolicyApplication is an application that requests are handed on to.
type PolicyApplication struct {
	Host     string `json:"host" doc:"Empty for the host of PUBLIC_URL."`
	Path     string `json:"path"`
	URL      string `json:"url" doc:"Where it listens."`
	Connects bool   `json:"connects" doc:"Whether it takes a connection just now."`
}

// PolicyQuestion asks whether a person may reach a place.
type PolicyQuestion struct {
	// User is the address of an account, "" for a stranger.
	User string
	// URL is the address that is asked for, as it is sent; Method is GET if empty.
	URL, Method string
	// Session is one session or token of the account, as it is now; "" is every way in which it can sign in.
	Session string
}

// PolicyAnswer says which rule decides about a question, why, and what it would take.
type PolicyAnswer struct {
	URL     string        `json:"url"`
	Host    string        `json:"host"`
	Path    string        `json:"path"`
	Method  string        `json:"method"`
	User    *PolicyPerson `json:"user" doc:"Null for a stranger."`
	Allowed bool          `json:"allowed" doc:"Whether there is a way in, if need be after a sign-in that is named."`
	Verdict string        `json:"verdict" enum:"allowed,sign_in,step_up,refused"`
	Reason  string        `json:"reason" doc:"Stable name of why, as in logs."`
	Detail  string        `json:"detail"`
	Summary string        `json:"summary" doc:"The answer in one sentence."`
	Rule    *PolicyRule   `json:"rule" doc:"The rule that decides; null where none is about the place."`
	File    string        `json:"file" doc:"POLICY_FILE; empty where the default holds."`
	Ways    []PolicyWay   `json:"ways" doc:"Each way of the account with its own answer; none where everybody gets in, or nobody."`
	Notes   []string      `json:"notes" doc:"What else keeps people from the place."`
}

// PolicyPerson is whom a question is about.
type PolicyPerson struct {
	ID     string `json:"id"`
	Email  string `json:"email"`
	Role   string `json:"role"`
	Status string `json:"status"`
	SignIn string `json:"sign_in" doc:"yes, no_password, or why it cannot sign in."`
}

// PolicyWay is one way in which somebody comes, and what the rules say to it.
type PolicyWay struct {
	Way     string `json:"way"`
	Kind    string `json:"kind" doc:"Stable name: passkey, security_key, app, backup_code, trusted_device, app_to_set_up, password, token, session."`
	Label   string `json:"label" doc:"The name of a token, the id of a session; empty for the rest."`
	Method  string `json:"method"`
	Verdict string `json:"verdict" enum:"allowed,sign_in,step_up,refused"`
	Reason  string `json:"reason"`
	Detail  string `json:"detail"`
}
