package api

// addressCauses are of the public address: names, TLS, redirects, who answers.
var addressCauses = map[Cause]CauseInfo{}
