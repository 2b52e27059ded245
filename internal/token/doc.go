// Package token makes and reads the access tokens: HS256 JWTs in the current
// form, and, while an operator allows it, in the old one.
//
//	form     header                   claims
//	current  alg, typ at+jwt, kid     iss aud sub email scopes session_id device_fingerprint iat nbf exp jti
//	legacy   alg, typ JWT or none     sub (the address), id (the account), exp, perhaps iat, nothing else
//
// The order of the checks is the security of the package (RFC 8725, ASVS 9.1):
// the shape and the header first, then the MAC, then the claims. No claim of a
// token whose MAC is wrong is ever used, not even to say that it has expired.
// The form follows from the header alone, so that a token refused in one form
// is never tried in the other.
//
// A token that passes here is only rightly made. Whether its session is alive,
// and whether an old token's two identities are one account, is for the caller
// to ask.
package token
