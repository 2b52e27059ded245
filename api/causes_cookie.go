package api

// cookieCauses are of cookies, judged as a browser would.
var cookieCauses = map[Cause]CauseInfo{}
