package api

// sessionCauses are of tokens, CORS and the way from login to logout.
var sessionCauses = map[Cause]CauseInfo{}
