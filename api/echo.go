package api

import "time"

// EchoSchema is what Echo.Service says; whatever answers otherwise is not ours.
const EchoSchema = "aiwfe-auth"

// EchoMark stands in values that the asker chose for a probe: only of such does
// an echo tell what it received.
const EchoMark = "aiwfe-probe"

// EchoPath is where the echo answers, and everywhere below it.
const EchoPath = "/api/v1/auth/echo"

// Echo tells an asker how the own request arrived, and which headers the answer
// left with, so that both ends can be compared.
type Echo struct {
	Service string    `json:"service" doc:"Always aiwfe-auth."`
	ID      string    `json:"id" doc:"New in each answer: twice the same comes from a cache."`
	At      time.Time `json:"at" doc:"The time of the server."`
	KeyID   string    `json:"key_id" doc:"The kid of tokens made now: all servers behind one address have the same."`

	Method    string `json:"method"`
	Path      string `json:"path" doc:"The decoded path."`
	RawPath   string `json:"raw_path" doc:"The path as it was written."`
	Query     string `json:"query" doc:"The query as it was written."`
	Host      string `json:"host" doc:"The Host header; an address that is not public is named by its kind."`
	Scheme    string `json:"scheme" doc:"The scheme that links and cookies are made for."`
	Encrypted bool   `json:"encrypted" doc:"Whether TLS ends at this server."`
	Protocol  string `json:"protocol" doc:"The HTTP version that arrived."`

	Client      string    `json:"client" doc:"The address that counts as the client's."`
	ClientKind  string    `json:"client_kind" enum:"loopback,private,public,none"`
	PeerKind    string    `json:"peer_kind" enum:"loopback,private,public,none" doc:"The other end of the connection."`
	PeerPort    int       `json:"peer_port"`
	PeerTrusted bool      `json:"peer_trusted" doc:"Whether that end is one of TRUSTED_PROXIES."`
	Families    []string  `json:"families" doc:"The kinds of forwarding headers that arrived."`
	Hops        []EchoHop `json:"hops" doc:"The entries of X-Forwarded-For, from the left."`

	Headers     []EchoHeader `json:"headers" doc:"Those of a fixed list that arrived."`
	Cookies     []EchoHeader `json:"cookies" doc:"By name."`
	HeaderBytes int          `json:"header_bytes"`
	BodyBytes   int          `json:"body_bytes"`
	BodySHA256  string       `json:"body_sha256"`

	Sent []EchoLine `json:"sent" doc:"The headers of this answer, as they left."`
}

// EchoHop is one address of X-Forwarded-For.
type EchoHop struct {
	Address string `json:"address" doc:"Only the client's and those of documentation; others are named by their kind."`
	Trusted bool   `json:"trusted"`
}

// EchoHeader is one header or cookie that arrived.
type EchoHeader struct {
	Name   string   `json:"name"`
	Count  int      `json:"count"`
	Values []string `json:"values,omitzero" doc:"Only what a probe chose, and what is no secret."`
	Digest string   `json:"digest,omitzero" doc:"Of a secret that a probe chose: the begin of its SHA-256."`
}

// EchoLine is one header line.
type EchoLine struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}
