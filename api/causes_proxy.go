package api

// proxyCauses are of what stands between the browser and the server.
var proxyCauses = map[Cause]CauseInfo{}
