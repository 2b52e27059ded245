package api

// databaseCauses are of the way to the database, a pooler included, and of its schema.
var databaseCauses = map[Cause]CauseInfo{}
