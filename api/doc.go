// Package api is the public contract: the request and answer types of the
// HTTP API, every error code, and the OpenAPI document. It holds no behaviour,
// so that a client may import it.
package api
