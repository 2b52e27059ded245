package api

// runningCauses are seen while the server runs.
var runningCauses = map[Cause]CauseInfo{}
