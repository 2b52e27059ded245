package api

// secretCauses are of secrets, judged by the bytes that count.
var secretCauses = map[Cause]CauseInfo{}
