package api

import "time"

// Health is the answer of GET /api/health.
type Health struct {
	Status  string            `json:"status" enum:"healthy,degraded,unhealthy"`
	Checks  map[string]string `json:"checks,omitzero" doc:"Each check with its state, such as database: connected."`
	Version string            `json:"version,omitzero"`
}

// AuthHealth is the answer of GET /api/health/auth. Strangers get the status
// alone, so every other member may be missing.
type AuthHealth struct {
	Status string `json:"status" enum:"healthy,degraded,unhealthy"`
	// Tokens and CSRF say whether a fresh one verifies.
	Tokens string `json:"tokens,omitzero" enum:"operational,failing" doc:"Whether a fresh access token verifies."`
	CSRF   string `json:"csrf,omitzero" enum:"operational,failing" doc:"Whether a fresh CSRF token verifies."`
	KeyID  string `json:"key_id,omitzero" doc:"Fingerprint of the signing key, never the key."`
	// Hashing is the state of the password hash pool.
	Hashing *HashPool `json:"hashing,omitzero"`
}

// HashPool is the state of the password hash pool.
type HashPool struct {
	Workers int     `json:"workers"`
	Running int     `json:"running"`
	Waiting int     `json:"waiting"`
	CostMS  float64 `json:"cost_ms" doc:"Mean time of one hash."`
	WaitMS  float64 `json:"wait_ms" doc:"What a hash that came now would wait for a worker."`
	Refused int64   `json:"refused" doc:"Hashes refused since the start because the queue was full; the client was told to come back."`
}

// DatabaseHealth is the answer of GET /api/health/database. Strangers get the
// status alone; what cannot be asked while the database is away is missing.
type DatabaseHealth struct {
	Status     string          `json:"status" enum:"healthy,degraded,unhealthy"`
	Database   string          `json:"database,omitzero" enum:"connected,unreachable"`
	Engine     string          `json:"engine,omitzero" enum:"sqlite,postgres"`
	Version    string          `json:"version,omitzero"`
	Pooler     *bool           `json:"pooler,omitzero" doc:"Whether a pooler such as pgbouncer stands in between."`
	Pools      map[string]Pool `json:"pools,omitzero"`
	Migrations *MigrationState `json:"migrations,omitzero"`
	LastBackup *time.Time      `json:"last_backup,omitzero" doc:"When the last good backup was made; missing where none was."`
}

// Pool is a pool of connections.
type Pool struct {
	Size  int   `json:"size"`
	InUse int   `json:"in_use"`
	Idle  int   `json:"idle"`
	Waits int64 `json:"waits" doc:"How often somebody had to wait for a connection."`
}

// MigrationState is how far the schema is.
type MigrationState struct {
	Current int64 `json:"current"`
	Pending int   `json:"pending"`
}

// AuthMetrics is the answer of GET /api/metrics/authentication: the figures of
// all nodes together, or of one.
type AuthMetrics struct {
	Since   time.Time                `json:"since" doc:"When this process began to count."`
	Alone   bool                     `json:"alone" doc:"Whether these are the figures of this process alone, because the database cannot be asked."`
	Windows map[string]MetricsWindow `json:"windows" doc:"The last 5m, 1h and 24h."`
	Targets []Target                 `json:"targets" doc:"Each target with its verdict, over the last hour."`
	Pools   map[string]PoolUse       `json:"pools"`
	// SessionsActive is null while the database cannot be asked.
	SessionsActive *int64   `json:"sessions_active" doc:"Sessions alive now; null while the database cannot be asked."`
	Hashing        HashPool `json:"hashing"`
	// Nodes are those that counted something within the last day.
	Nodes  []MetricsNode `json:"nodes" doc:"Servers that counted something within the last day; node=ID or node=HOST asks for one."`
	Alerts []AlertFiring `json:"alerts" doc:"Alerts that fire now, by rule and severity."`
}

// MetricsNode is a server whose figures are in the sum.
type MetricsNode struct {
	ID   string `json:"id"`
	Host string `json:"host"`
}

// MetricsWindow is what happened within one span of time.
type MetricsWindow struct {
	Attempts  int64 `json:"attempts" doc:"Sign-ins tried."`
	Succeeded int64 `json:"succeeded"`
	// Rates are null where nothing was tried.
	SuccessRate       *float64             `json:"success_rate" doc:"Succeeded of all; null where nothing was tried."`
	HonestSuccessRate *float64             `json:"honest_success_rate" doc:"Succeeded of honest attempts: without guessing, and without slips, for who mistypes and gets in did not fail."`
	Guessing          int64                `json:"guessing" doc:"Attempts at unknown addresses, refused by a limit, or of who tries many accounts."`
	Slips             int64                `json:"slips" doc:"Refused attempts that the same person made good within ten minutes."`
	Failures          map[string]int64     `json:"failures" doc:"Refused sign-ins by code."`
	LoginTime         Times                `json:"login_time" doc:"Of sign-ins that succeeded; a refused one is held on purpose."`
	Endpoints         []EndpointTimes      `json:"endpoints" doc:"Response times of each route that was asked."`
	CSRF              CSRFFigures          `json:"csrf"`
	Tokens            TokenFigures         `json:"tokens"`
	HashWait          Times                `json:"hash_wait" doc:"What password hashes waited for a worker."`
	Database          DatabaseFigures      `json:"database"`
	Pools             map[string]PoolLevel `json:"pools" doc:"How much of each pool was in use."`
	SessionsActive    *float64             `json:"sessions_active" doc:"Sessions alive, on the average; null where nobody looked."`
	Targets           []Target             `json:"targets" doc:"Each target with its verdict over this window."`
}

// DatabaseFigures count questions to the database.
type DatabaseFigures struct {
	Queries    int64    `json:"queries" doc:"Reads and transactions."`
	Errors     int64    `json:"errors" doc:"Of them, those that failed because the database was away or full."`
	ErrorRatio *float64 `json:"error_ratio" doc:"Null where nothing was asked."`
}

// PoolLevel is how much of a pool was in use over a window, as a part of its size.
type PoolLevel struct {
	Mean float64 `json:"mean"`
	Max  float64 `json:"max"`
}

// Times sums up durations, in milliseconds. Percentiles are estimates within a
// few percent.
type Times struct {
	Count  int64   `json:"count"`
	MeanMS float64 `json:"mean_ms"`
	P50MS  float64 `json:"p50_ms"`
	P95MS  float64 `json:"p95_ms"`
	P99MS  float64 `json:"p99_ms"`
}

// EndpointTimes are the response times of one route.
type EndpointTimes struct {
	Route string `json:"route"`
	Times Times  `json:"times"`
}

// CSRFFigures count CSRF tokens.
type CSRFFigures struct {
	Issued int64 `json:"issued"`
	// Failed counts tokens that could not be made.
	Failed  int64            `json:"failed"`
	Refused map[string]int64 `json:"refused" doc:"Refused requests by code."`
}

// TokenFigures count tokens by form.
type TokenFigures struct {
	Access  int64 `json:"access" doc:"Access tokens issued."`
	Refresh int64 `json:"refresh" doc:"Refresh tokens rotated."`
	Legacy  int64 `json:"legacy" doc:"Uses of tokens of the old form."`
}

// Target is a figure with what it should be.
type Target struct {
	Name    string   `json:"name" enum:"success_rate,honest_success_rate,login_time,pool_use,response_time"`
	Target  string   `json:"target" doc:"Such as > 0.995, or < 2000 ms."`
	Value   *float64 `json:"value" doc:"Null where there is nothing to judge yet."`
	Verdict string   `json:"verdict" enum:"met,missed,no_data"`
	// Of says what the value is of, where it is the worst of several.
	Of string `json:"of,omitzero" doc:"The route or pool that the value is of, where it is the worst of several."`
}

// PoolUse is a pool of connections and how much of it is used.
type PoolUse struct {
	Size  int     `json:"size"`
	InUse int     `json:"in_use"`
	Idle  int     `json:"idle"`
	Waits int64   `json:"waits"`
	Use   float64 `json:"use" doc:"In use, as a part of the size."`
}

// Config is what a front end needs to know. The server tells it; nobody
// guesses it from a host name.
type Config struct {
	Environment  string   `json:"environment" enum:"development,test,staging,production"`
	APIBaseURL   string   `json:"api_base_url"`
	PublicURL    string   `json:"public_url"`
	CookieDomain string   `json:"cookie_domain" doc:"Empty: the cookies belong to the one host of public_url."`
	Registration string   `json:"registration" enum:"closed,invite,open"`
	Methods      []string `json:"methods" doc:"How one can prove who one is: password, passkey, totp, backup_code."`
	Languages    []string `json:"languages" doc:"Of pages and letters, as tags."`
	Mail         bool     `json:"mail" doc:"Whether links for recovery can be sent."`
	Version      string   `json:"version"`
}
