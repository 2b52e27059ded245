// Package httpkit is what the pages and the API share: who asks and from
// where, request ids, cookies, the guard against forged requests, decoding,
// and the one form in which an error leaves the program.
//
// A request passes, in this order: Server (id, address, headers, CORS, log
// line, panics), then a mux, then an endpoint, which refuses in the order of
// the contract: 413, 415, origin, CSRF token, 400, 422, and only then calls on.
package httpkit
