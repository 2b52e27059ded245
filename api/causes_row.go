package api

// rowCauses are of single rows, mostly made by hand or restored.
var rowCauses = map[Cause]CauseInfo{}
