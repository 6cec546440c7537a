// Package unit is the territory and the bodies that spend Sundays with
// residents: provinces, communes, departments, mass organisations, villages.
package unit
